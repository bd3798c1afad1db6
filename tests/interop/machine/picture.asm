; A boot sector that shows a picture: colours in mode 13h, and with every key the next
; screen: text with what was typed, colours again. What is typed is also told on the
; serial port, and what comes there is sent back.
bits 16
org 0x7C00

com1 equ 0

start:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7C00
    sti
    mov ax, 0x00E3              ; 9600 baud, 8 bits, no parity
    mov dx, com1
    int 0x14
    mov si, greeting
.next:
    lodsb
    test al, al
    jz colours
    call tell
    jmp .next

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

; Waits for a key: its character in al. Meanwhile the serial port is an echo.
key:
    mov ah, 1
    int 0x16
    jnz .pressed
    mov ah, 3                   ; the port's state
    mov dx, com1
    int 0x14
    test ah, 0x80               ; there is no such port
    jnz .rest
    test ah, 1                  ; a byte is there
    jz .rest
    mov ah, 2
    int 0x14
    call tell
    jmp key
.rest:
    hlt
    jmp key
.pressed:
    xor ah, ah
    int 0x16
    ; falls through: tells the key

tell:
    push ax
    mov ah, 1
    mov dx, com1
    int 0x14
    pop ax
    ret

greeting:
    db 27, "[32mlibqio", 27, "[m is here", 13, 10, 0

times 510 - ($ - $$) db 0
dw 0xAA55
