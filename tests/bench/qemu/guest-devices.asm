; The devices of a PC, as far as guest.asm needs them.

PIC_1 equ 0x20
PIC_2 equ 0xA0
END_OF_INTERRUPT equ 0x20
FIRST_VECTOR equ 0x20           ; of IRQ 0
CLOCK_IRQ equ 1 << 0
KEYBOARD_IRQ equ 1 << 1
SERIAL_IRQ equ 1 << 4

COM1 equ 0x3F8
LINE_STATUS equ COM1 + 5
HAS_INPUT equ 1 << 0
TAKES_OUTPUT equ 1 << 5

CLOCK equ 0x40
CLOCK_CONTROL equ 0x43
CLOCK_AGAIN_AND_AGAIN equ 0x34
CLOCK_ONCE equ 0x30
CLOCK_DIVISOR equ 1193182 / 50  ; ticks a second: more than any display looks

PCI_ADDRESS equ 0xCF8
PCI_DATA equ 0xCFC
PCI_BAR0 equ 0x10
STD_VGA equ 0x11111234          ; device and vendor

VBE_INDEX equ 0x1CE
VBE_DATA equ 0x1CF
VBE_XRES equ 1
VBE_YRES equ 2
VBE_BPP equ 3
VBE_ENABLE equ 4
VBE_ENABLED_LINEAR equ 0x41

CODE equ 8
DATA equ 16

; ---- interrupts

set_up_interrupts:
    lgdt [gdt_pointer]
    jmp CODE:.reload
.reload:
    mov eax, DATA
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov edi, FIRST_VECTOR
    mov eax, on_clock
    call set_gate
    mov eax, on_keyboard
    inc edi
    call set_gate
    mov eax, on_serial
    add edi, 3
    call set_gate
    mov eax, on_other
    mov edi, FIRST_VECTOR + 7   ; where what is no interrupt after all arrives
    call set_gate
    lidt [idt_pointer]
    mov al, 0x11                ; the first controller begins anew: four words
    out PIC_1, al
    mov al, FIRST_VECTOR
    out PIC_1 + 1, al
    mov al, 4
    out PIC_1 + 1, al
    mov al, 1
    out PIC_1 + 1, al
    mov al, 0xFF                ; nothing comes from the second one
    out PIC_2 + 1, al
    jmp stop_clock

; Lets vector edi lead to eax.
set_gate:
    mov [idt + edi * 8], ax
    mov word [idt + edi * 8 + 2], CODE
    mov word [idt + edi * 8 + 4], 0x8E00
    shr eax, 16
    mov [idt + edi * 8 + 6], ax
    ret

start_clock:
    mov al, CLOCK_AGAIN_AND_AGAIN
    mov dx, CLOCK_DIVISOR
    call set_clock
    mov al, ~(CLOCK_IRQ | KEYBOARD_IRQ | SERIAL_IRQ) & 0xFF
    out PIC_1 + 1, al
    ret

stop_clock:
    mov al, CLOCK_ONCE
    xor edx, edx
    call set_clock
    mov al, ~(KEYBOARD_IRQ | SERIAL_IRQ) & 0xFF
    out PIC_1 + 1, al
    ret

; Channel 0 in mode al, divided by dx.
set_clock:
    out CLOCK_CONTROL, al
    mov al, dl
    out CLOCK, al
    mov al, dh
    out CLOCK, al
    ret

on_clock:
    mov byte [ticked], 1
    jmp end_interrupt_early

on_keyboard:
    push eax
    in al, 0x60
    test al, 0x80               ; a key that is released
    jnz end_interrupt
    mov byte [pressed], 1
    jmp end_interrupt

on_serial:
    push eax
    push edx
.next:
    mov dx, LINE_STATUS
    in al, dx
    test al, HAS_INPUT
    jz .done
    mov dx, COM1
    in al, dx
    mov [command], al
    jmp .next
.done:
    pop edx
    jmp end_interrupt

end_interrupt_early:
    push eax
end_interrupt:
    mov al, END_OF_INTERRUPT
    out PIC_1, al
    pop eax
on_other:
    iretd

; ---- serial port

set_up_serial:
    mov dx, COM1 + 2            ; a byte is told of at once
    xor al, al
    out dx, al
    mov dx, COM1 + 3            ; eight bits
    mov al, 3
    out dx, al
    mov dx, COM1 + 4            ; ready, and interrupts reach the controller
    mov al, 0x0B
    out dx, al
    mov dx, COM1 + 1            ; they come with input
    mov al, 1
    out dx, al
    mov al, '!'                 ; commands are taken from now on
    ; falls through

; Sends al.
send:
    push edx
    push eax
    mov dx, LINE_STATUS
.wait:
    in al, dx
    test al, TAKES_OUTPUT
    jz .wait
    pop eax
    mov dx, COM1
    out dx, al
    pop edx
    ret

; ---- screen

set_up_screen:
    mov ebx, 0x80000000         ; bus 0, device 0
.find:
    mov eax, ebx
    call read_pci
    cmp eax, STD_VGA
    je .found
    add ebx, 1 << 11
    jmp .find
.found:
    lea eax, [ebx + PCI_BAR0]
    call read_pci
    and eax, ~0xF
    mov [screen], eax
    mov esi, vbe_values
.next:
    lodsw
    test ax, ax
    jz .done
    mov dx, VBE_INDEX
    out dx, ax
    lodsw
    mov dx, VBE_DATA
    out dx, ax
    jmp .next
.done:
    ret

; The register at eax.
read_pci:
    mov dx, PCI_ADDRESS
    out dx, eax
    mov dx, PCI_DATA
    in eax, dx
    ret

vbe_values dw VBE_ENABLE, 0, VBE_XRES, WIDTH, VBE_YRES, HEIGHT, VBE_BPP, 32, \
    VBE_ENABLE, VBE_ENABLED_LINEAR, 0

align 8
gdt dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF
gdt_pointer dw gdt_pointer - gdt - 1
    dd gdt
idt times FIRST_VECTOR + 8 dq 0
idt_pointer dw idt_pointer - idt - 1
    dd idt

screen dd 0
command db 0
pressed db 0
ticked db 0
