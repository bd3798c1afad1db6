; A kernel that draws what it is told to over the serial port, at 1280 x 800 x 32.
;
; A command is one byte. The answer is that byte and the number of frames drawn so far, four
; bytes, the lowest first; it leaves when the command has been carried out.
;
;   b g n   shows box, gradient or noise, a frame with every tick
;   G N     draws one frame of gradient or noise
;   s       shows what it shows and draws no more; the clock stops
;   c       changes the colour of a small square
;
; A key changes the colour of another square, in the upper left corner.
bits 32
org 0x100000

WIDTH equ 1280
HEIGHT equ 800
PIXELS equ WIDTH * HEIGHT
STACK equ 0x200000
NOISE equ 0x400000              ; a screen of it, and as much as it may be shifted by
NOISE_SHIFTS equ 0x10000

BOX equ 100
BOX_COLOUR equ 0x00C04020
BACKGROUND equ 0x00404850
SQUARE equ 16
CORNER equ 32
CHANGE_AT equ (400 * WIDTH + 600) * 4

; What QEMU loads by: the addresses, since this is no ELF file.
MULTIBOOT_MAGIC equ 0x1BADB002
MULTIBOOT_FLAGS equ 1 << 16
align 4
header:
    dd MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
    dd header, header, image_end, bss_end, start

start:
    mov esp, STACK
    cld
    call set_up_interrupts
    call set_up_screen          ; leaves the address of its memory in [screen]
    call make_noise
    call clear
    call set_up_serial
    sti

; Interrupts only leave notes; everything is done here, and nothing while there is none.
main:
    cli
    movzx eax, byte [command]
    test al, al
    jnz .command
    cmp byte [pressed], 0
    jne .key
    cmp byte [ticked], 0
    jne .frame
    sti
    hlt
    jmp main
.command:
    mov byte [command], 0
    sti
    call obey
    jmp main
.key:
    mov byte [pressed], 0
    sti
    xor edi, edi
    mov ecx, CORNER
    call flip
    jmp main
.frame:
    mov byte [ticked], 0
    sti
    call [animation]
    inc dword [frames]
    jmp main

; Carries out the command in al, and answers.
obey:
    push eax
    mov edx, draw_box
    cmp al, 'b'
    je .animate
    mov edx, draw_gradient
    cmp al, 'g'
    je .animate
    cmp al, 'G'
    je .once
    mov edx, draw_noise
    cmp al, 'n'
    je .animate
    cmp al, 'N'
    je .once
    cmp al, 'c'
    je .change
    call stop_clock
    mov byte [ticked], 0
    jmp .answer
.change:
    mov edi, CHANGE_AT
    mov ecx, SQUARE
    call flip
    jmp .answer
.once:
    call edx
    inc dword [frames]
    jmp .answer
.animate:
    mov [animation], edx
    cmp edx, draw_box
    jne .start
    call clear
.start:
    call start_clock
.answer:
    pop eax
    call send
    mov ebx, [frames]
    mov ecx, 4
.byte:
    mov al, bl
    call send
    shr ebx, 8
    loop .byte
    ret

; ---- drawing

clear:
    mov edi, [screen]
    mov eax, BACKGROUND
    mov ecx, PIXELS
    rep stosd
    ret

; Inverts the square of ecx pixels at the offset edi.
flip:
    add edi, [screen]
    mov edx, ecx
.row:
    push ecx
.pixel:
    not dword [edi + ecx * 4 - 4]
    loop .pixel
    pop ecx
    add edi, WIDTH * 4
    dec edx
    jnz .row
    ret

; Fills the box at [box_x], [box_y] with the colour eax.
fill_box:
    imul edi, [box_y], WIDTH
    add edi, [box_x]
    shl edi, 2
    add edi, [screen]
    mov edx, BOX
.row:
    mov ecx, BOX
    rep stosd
    add edi, (WIDTH - BOX) * 4
    dec edx
    jnz .row
    ret

draw_box:
    mov eax, BACKGROUND
    call fill_box
    add dword [box_x], 7
    cmp dword [box_x], WIDTH - BOX
    jbe .is_inside
    mov dword [box_x], 0
.is_inside:
    add dword [box_y], 5
    cmp dword [box_y], HEIGHT - BOX
    jbe .is_below
    mov dword [box_y], 0
.is_below:
    mov eax, BOX_COLOUR
    jmp fill_box

; Red from left to right, green from top to bottom, blue from frame to frame: so no part of
; a frame is in the next one.
draw_gradient:
    add byte [shade], 3
    mov edi, [screen]
    xor edx, edx                ; row
.row:
    mov ebx, edx
    shr ebx, 2
    add bl, [shade]
    shl ebx, 8
    mov bl, [shade]
    and ebx, 0xFFFF
    xor ecx, ecx                ; column
.pixel:
    mov eax, ecx
    shr eax, 3
    add al, [shade]
    shl eax, 16
    or eax, ebx
    stosd
    inc ecx
    cmp ecx, WIDTH
    jb .pixel
    inc edx
    cmp edx, HEIGHT
    jb .row
    ret

; The next number of a xorshift generator, in eax.
random:
    mov eax, [seed]
    mov ebx, eax
    shl ebx, 13
    xor eax, ebx
    mov ebx, eax
    shr ebx, 17
    xor eax, ebx
    mov ebx, eax
    shl ebx, 5
    xor eax, ebx
    mov [seed], eax
    ret

make_noise:
    mov edi, NOISE
    mov ecx, PIXELS + NOISE_SHIFTS
.next:
    call random
    stosd
    loop .next
    ret

; What was made, shifted by chance and with other colours: no frame is a part of another.
draw_noise:
    call random
    mov edx, eax
    call random
    movzx eax, ax
    lea esi, [NOISE + eax * 4]
    mov edi, [screen]
    mov ecx, PIXELS
.next:
    lodsd
    xor eax, edx
    stosd
    dec ecx
    jnz .next
    ret

%include "guest-devices.asm"

animation dd draw_box
frames dd 0
box_x dd 0
box_y dd 0
seed dd 0x9E3779B9
shade db 0
image_end:
bss_end:
