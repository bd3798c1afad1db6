; A boot sector that goes through the modes of a graphics adapter, one step with each key:
; 640 x 480, text, 1024 x 768, 1920 x 1080, and back. Each picture depends on place and
; step. The first pixels tell where the pointer is, and which buttons are down. The key
; `b` makes the speaker sound until the next key.
bits 16
org 0x7C00

dispi equ 0x01CE                ; the adapter's index register; its data is at the next port
vmware equ 0x5658               ; VMware's port, which has a pointer with absolute positions
vmware_magic equ 0x564D5868
pointer_data equ 39
pointer_status equ 40
pointer_command equ 41
pitch equ 1193182 / 1000        ; 1 kHz

start:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7C00
    sti
    cld
    xor bp, bp                  ; step
    mov ebx, 0x45414552         ; the pointer's name, which is the first thing it tells
    mov cx, pointer_command
    call ask
    mov ebx, 1
    mov cx, pointer_data
    call ask
    mov ebx, 0x53424152         ; absolute positions
    mov cx, pointer_command
    call ask

show:
    mov ax, bp                  ; 0 1 2 3 2 1, and again
    xor dx, dx
    mov bx, 6
    div bx
    mov si, dx
    cmp si, 4
    jb .found
    neg si
    add si, 6
.found:
    shl si, 2
    add si, modes
    cmp word [si], 0
    je text

; The adapter at the size at si, 32 bits a pixel.
    xor ax, ax
    mov bl, 4
    call set
    lodsw
    mov [width], ax
    mov bl, 1
    call set
    lodsw
    mov [rows], ax
    mov bl, 2
    call set
    mov ax, 32
    mov bl, 3
    call set
    mov ax, 1
    mov bl, 4
    call set

    mov ax, 0xA000              ; 64 KiB of the picture at a time
    mov es, ax
    xor di, di
    mov word [bank], 0
    movzx esi, bp
    imul esi, 0x1B0000
.row:
    mov edx, esi
    mov cx, [width]
.pixel:
    mov eax, edx
    stosd
    test di, di
    jnz .same_bank
    inc word [bank]
    mov ax, [bank]
    mov bl, 5
    call set
.same_bank:
    add edx, 0x000301
    loop .pixel
    add esi, 0x010500
    dec word [rows]
    jnz .row
    xor ax, ax
    mov bl, 5
    call set
    jmp idle

text:
    mov ax, 0x0003              ; 80 x 25 characters
    int 0x10
    mov ah, 1                   ; no cursor that blinks
    mov cx, 0x2607
    int 0x10
    mov word [width], 0
    mov ax, 0xB800
    mov es, ax
    xor di, di
    mov dx, bp
.cell:
    mov al, dl
    and al, 0x3F
    add al, '!'
    mov ah, dl                  ; one of 7 colours on black
    shr ah, 3
    and ah, 7
    or ah, 1
    stosw
    inc dx
    cmp di, 80 * 25 * 2
    jb .cell

idle:
    mov ah, 1
    int 0x16
    jnz .pressed
    mov cx, pointer_status
    call ask
    cmp ax, 4
    jb .rest
    mov ebx, 4
    mov cx, pointer_data
    call ask                    ; eax: buttons, ebx and ecx: 16 bits of position
    cmp word [width], 0
    je idle
    xor di, di
    shl ebx, 8                  ; 12 bits of each are one colour
    shr cx, 4
    and ebx, 0xFFF000
    or bx, cx
    xchg eax, ebx
    mov cx, 8
    rep stosd
    xchg eax, ebx
    mov cx, 8
    rep stosd
    jmp idle
.rest:
    hlt
    jmp idle
.pressed:
    xor ah, ah
    int 0x16
    push ax
    in al, 0x61                 ; the speaker is silent
    and al, 0xFC
    out 0x61, al
    pop ax
    cmp al, 'b'
    je beep
    inc bp
    jmp show

beep:
    mov al, 0xB6
    out 0x43, al
    mov al, pitch & 255
    out 0x42, al
    mov al, pitch >> 8
    out 0x42, al
    in al, 0x61
    or al, 3
    out 0x61, al
    jmp idle

; The pointer, about the command in cx and the parameter in ebx.
ask:
    movzx ecx, cx
    mov eax, vmware_magic
    mov dx, vmware
    in eax, dx
    ret

; Register bl of the adapter gets the value in ax.
set:
    push dx
    push ax
    mov dx, dispi
    movzx ax, bl
    out dx, ax
    pop ax
    inc dx
    out dx, ax
    pop dx
    ret

modes:
    dw 640, 480, 0, 0, 1024, 768, 1920, 1080

times 510 - ($ - $$) db 0
dw 0xAA55

width equ 0x7E00                ; pixels in a row; 0: text
rows equ 0x7E02
bank equ 0x7E04
