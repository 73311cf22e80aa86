#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: accesses.pl FORMAT FILE...
#
# Prints the accesses that reached the disk /dev/sda (8,0) in one of the traces
# that five-ways.sh and guest-tools.sh make, as lines "OP SECTOR COUNT": R, W,
# Z (write zeroes), D (discard), F (flush). Only those between the mark reads
# are printed if there are marks. It shares nothing with blkmap, so that it can
# stand as a witness. FORMAT is blktrace (several FILEs: one for each CPU),
# blkparse, ftrace (also trace-cmd), perf, qemu or nbdkit.

use strict;
use warnings;

my @accesses;

sub add {
    my ($op, $sector, $count) = @_;
    push @accesses, $op eq 'F' ? 'F 0 0' : "$op $sector $count";
}

# N with a length is write-zeroes; blktrace before Linux 6.19 has W for it.
sub op_of_rwbs {
    my ($rwbs, $count) = @_;
    return 'F' if $rwbs =~ /^F/ && !$count;
    return undef if !$count;
    return 'D' if $rwbs =~ /D/;
    return 'Z' if $rwbs =~ /N/;
    return $rwbs =~ /W/ ? 'W' : 'R';
}

sub add_rwbs {
    my ($rwbs, $sector, $count) = @_;
    my $op = op_of_rwbs($rwbs, $count);
    add($op, $sector, $count) if defined $op;
}

sub slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in> // '';
}

sub blktrace_records {
    my ($bytes) = @_;
    my ($at, @records) = (0);
    while ($at + 48 <= length $bytes) {
        my ($magic, undef, $time, $sector, $len, $action, undef, $device,
            undef, undef, $pdu) = unpack 'L<L<Q<Q<L<L<L<L<L<S<S<', substr $bytes, $at, 48;
        die "bad magic\n" if $magic != 0x65617407;
        push @records, [$time, $sector, $len, $action, $device];
        $at += 48 + $pdu;
    }
    return @records;
}

sub read_blktrace {
    my @records = map { blktrace_records(slurp($_)) } @_;
    for (sort { $a->[0] <=> $b->[0] } @records) {
        my (undef, $sector, $len, $action, $device) = @$_;
        my ($act, $category) = ($action & 0xff, $action >> 16);
        next if $device != 8 << 20 || $act != 7;
        next if $category & 0x0600;    # passthrough, notify
        add('F'), next if $category & 4 && !$len;
        next if !$len;
        my $op = $category & 0x2000 ? 'D' : $category & 2 ? 'W' : 'R';
        add($op, $sector, $len / 512);
    }
}

sub each_line {
    my ($file, $code) = @_;
    $code->() for map { $_ } split /\n/, slurp($file);
}

sub read_blkparse {
    each_line $_[0], sub {
        return if !/^\s*8,0\s+\d+\s+\d+\s+[\d.]+\s+\d+\s+D\s+(\S+)\s(.*)$/;
        my ($rwbs, $rest) = ($1, $2);
        add_rwbs($rwbs, $rest =~ /^(\d+) \+ (\d+) / ? ($1, $2) : (0, 0));
    };
}

sub read_events {
    each_line $_[0], sub {
        return if !/block_rq_issue: +8,0 (\S+) \d+ \(([^)]*)\) (\d+) \+ (\d+) /;
        add_rwbs($1, $3, $4) if $2 eq '';
    };
}

# The user's drive is the one that its NBD address names.
sub read_qemu {
    my %is_disk;
    each_line $_[0], sub {
        if (/:bdrv_open_common bs (\S+) filename "(.*)" flags \S+ format_name "(.*)"/) {
            $is_disk{$1} = index($2, 'nbd') >= 0 && $3 eq 'raw';
        }
        return if !/:blk_co_p(read|write)v blk \S+ bs (\S+) offset (\d+) bytes (\d+) flags (\S+)/;
        my ($name, $bs, $offset, $len, $flags) = ($1, $2, $3, $4, hex $5);
        return if !$is_disk{$bs} || !$len;
        add($name eq 'read' ? 'R' : $flags & 2 ? 'Z' : 'W', $offset / 512, $len / 512);
    };
}

sub read_nbdkit {
    my %op = (Read => 'R', Write => 'W', Zero => 'Z', Trim => 'D', Flush => 'F');
    each_line $_[0], sub {
        return if !/ (Read|Write|Zero|Trim|Flush) id=\d+(?: offset=(\S+) count=(\S+))?.* \.\.\.$/;
        add($op{$1}, defined $2 ? (hex($2) / 512, hex($3) / 512) : (0, 0));
    };
}

sub find_marks {
    my ($from, @sectors) = @_;
    my $marks = join "\n", map { "R $_ 1" } @sectors;
    for ($from .. $#accesses - 3) {
        return $_ if join("\n", @accesses[$_ .. $_ + 3]) eq $marks;
    }
    return undef;
}

my %readers = (blktrace => \&read_blktrace, blkparse => \&read_blkparse,
    ftrace => \&read_events, perf => \&read_events, qemu => \&read_qemu,
    nbdkit => \&read_nbdkit);

my $reader = $readers{shift @ARGV // ''};
die "usage: accesses.pl blktrace|blkparse|ftrace|perf|qemu|nbdkit FILE...\n"
    if !$reader || !@ARGV;
$reader->(@ARGV);
my $on = find_marks(0, 2, 21, 15, 2);
my $off = defined $on ? find_marks($on + 4, 2, 15, 21, 2) : undef;
@accesses = @accesses[$on + 4 .. $off - 1] if defined $off;
warn "no marks\n" if !defined $off;
print "$_\n" for @accesses;
