; A boot sector that shows a picture: colours in mode 13h, and with every key the next
; screen: text with what was typed, colours again.
bits 16
org 0x7C00

start:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7C00
    sti

colours:
    mov ax, 0x0013              ; 320 x 200, one byte a pixel
    int 0x10
    mov ax, 0xA000
    mov es, ax
    xor di, di
    xor dx, dx                  ; row
.row:
    xor cx, cx                  ; column
.pixel:
    mov al, cl
    add al, dl
    stosb
    inc cx
    cmp cx, 320
    jb .pixel
    inc dx
    cmp dx, 200
    jb .row
    call key

text:
    push ax
    mov ax, 0x0003              ; 80 x 25 characters
    int 0x10
    mov ah, 1                   ; no cursor that blinks
    mov cx, 0x2607
    int 0x10
    pop ax
    mov ah, 0x0E
    mov cx, 70
.more:
    int 0x10
    loop .more
    call key
    jmp colours

key:
    xor ah, ah                  ; waits for a key: its character in al
    int 0x16
    ret

times 510 - ($ - $$) db 0
dw 0xAA55
