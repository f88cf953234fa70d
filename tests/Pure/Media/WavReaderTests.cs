using System.Buffers.Binary;
using System.Text;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Dsp;

namespace Ringwright.Pure.Media;

public sealed class WavReaderTests
{
    public static TheoryData<int, int, int, int, bool> Formats
    {
        get
        {
            var data = new TheoryData<int, int, int, int, bool>();
            foreach (int channels in (int[])[1, 2, 6])
                foreach (bool isExtensible in (bool[])[false, true])
                {
                    foreach (int bits in (int[])[8, 16, 24, 32]) data.Add(1, bits, channels, 44_100, isExtensible);
                    data.Add(3, 32, channels, 48_000, isExtensible);
                    data.Add(3, 64, channels, 22_050, isExtensible);
                    data.Add(6, 8, channels, 8000, isExtensible);
                    data.Add(7, 8, channels, 11_025, isExtensible);
                }
            return data;
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Every_format_gives_the_same_sound(int tag, int bits, int channels, int rate, bool isExtensible)
    {
        var clean = Signals.Sine(440, rate, rate / 10);
        byte[] file = File(tag, bits, channels, rate, clean, isExtensible);

        Assert.True(WavReader.TryRead(file, out var samples, out int read, out string? detail), detail);
        Assert.Null(detail);
        Assert.Equal((rate, clean.Length), (read, samples.Length));
        Assert.True(Signals.Snr(clean, samples, mostDelay: 0) > 30);
    }

    [Fact]
    public void Channels_are_averaged()
    {
        byte[] file = Riff(Chunk("fmt ", Format(1, 2, 8000, 16)), Chunk("data", [0x10, 0x27, 0xF0, 0xD8]));
        Assert.True(WavReader.TryRead(file, out var samples, out _, out _));
        Assert.Equal([0], samples);
    }

    [Theory]
    [InlineData(1, 16, 1), InlineData(1, 16, 0), InlineData(2, 16, 1), InlineData(2, 16, 0), InlineData(2, 16, 2), InlineData(2, 8, 1),
        InlineData(1, 24, 1), InlineData(2, 24, 3)]
    public void A_size_of_blocks_that_is_too_small_is_reckoned_from_channels_and_bits(int channels, int bits, int block)
    {
        byte[] audio = new byte[channels * bits / 8 * 100];
        byte[] file = Riff(Chunk("fmt ", Format(1, channels, 8_000, bits, block)), Chunk("data", audio));
        Assert.True(WavReader.TryRead(file, out var samples, out int rate, out string? detail), detail);
        Assert.Equal((100, 8_000), (samples.Length, rate));
    }

    [Fact]
    public void Unknown_chunks_of_odd_length_are_stepped_over()
    {
        byte[] file = Riff(Chunk("LIST", [1, 2, 3]), Chunk("fmt ", Format(1, 1, 8000, 16)), Chunk("fact", [0, 0, 0, 0]),
            Chunk("data", [1, 0, 2, 0, 9]));
        Assert.True(WavReader.TryRead(file, out var samples, out _, out _));
        Assert.Equal([1, 2], samples);
    }

    [Fact]
    public void Chunks_of_odd_length_may_lack_the_byte_behind_them()
    {
        byte[] bare = Riff(Chunk("LIST", [1, 2, 3])[..^1], Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("note", [4])[..^1],
            Chunk("data", [1, 0, 2, 0]));
        Assert.True(WavReader.TryRead(bare, out var samples, out _, out string? detail), detail);
        Assert.Equal([1, 2], samples);
    }

    [Theory]
    [InlineData(0x7FFFF000u), InlineData(0xFFFFFFFFu), InlineData(2_000_000_000u)]
    public void A_file_from_a_pipe_says_no_length_and_is_read_to_its_end(uint length)
    {
        byte[] file = Riff(Chunk("fmt ", Format(1, 1, 22_050, 16)), Chunk("data", [1, 0, 2, 0]));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), length);
        Assert.True(WavReader.TryRead(file, out var samples, out _, out string? detail), detail);
        Assert.Equal([1, 2], samples);
    }

    [Theory]
    [InlineData(0u), InlineData(36u), InlineData(0xFFFFFFFFu), InlineData(0x7FFFF024u)]
    public void A_header_that_was_never_filled_in_is_read_to_the_end_of_the_file(uint whole)
    {
        byte[] file = Riff(Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("data", [1, 0, 2, 0]));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), whole);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), 0);
        Assert.True(WavReader.TryRead(file, out var samples, out _, out string? detail), detail);
        Assert.Equal([1, 2], samples);
    }

    [Theory]
    [InlineData(40u, 8u), InlineData(40u, 5u), InlineData(84u, 48u), InlineData(40u, 40u)]
    public void A_file_that_is_whole_is_read_though_it_says_too_much_sound(uint whole, uint length)
    {
        byte[] file = Riff(Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("data", [1, 0, 2, 0]));
        Assert.Equal(48, file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), whole);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), length);
        Assert.True(WavReader.TryRead(file, out var samples, out _, out string? detail), detail);
        Assert.Equal([1, 2], samples);
    }

    [Theory, InlineData(40u, 400u), InlineData(40u, 49u), InlineData(400u, 44u)]
    public void A_file_that_says_far_too_much_sound_is_cut_off(uint whole, uint length)
    {
        byte[] file = Riff(Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("data", [1, 0, 2, 0]));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), whole);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 8), length);
        Refused(file, "cut off");
    }

    [Fact]
    public void A_file_without_sound_is_none_though_a_chunk_follows() =>
        Refused(Riff(Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("data", []), Chunk("LIST", [1, 2, 3, 4])), "no audio");

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello, world and more", "no WAV")]
    [InlineData("ID3.............", "MP3")]
    [InlineData("OggS............", "Ogg")]
    [InlineData("RIFX....WAVE....", "not supported")]
    [InlineData("RF64....WAVE....", "no audio")]
    [InlineData("RIFF....WAVE", "no audio")]
    public void What_is_no_WAV_is_named(string text, string says) => Refused(Encoding.Latin1.GetBytes(text), says);

    [Fact]
    public void Headers_that_lie_are_refused_with_the_reason()
    {
        byte[] fine = Format(1, 1, 8000, 16);
        Refused(Riff(Chunk("data", [1, 0]), Chunk("fmt ", fine)), "before its format");
        Refused(Riff(Chunk("fmt ", fine[..14])), "too short");
        Refused(Riff(Chunk("fmt ", fine)), "no data chunk");
        Refused(Riff(Chunk("fmt ", fine), Chunk("data", [])), "no audio");
        Refused(Riff(Chunk("fmt ", fine), Chunk("data", [1])), "no audio");
        Refused(Riff(Chunk("fmt ", Format(1, 1, 8000, 16, block: 3)), Chunk("data", [1, 0])), "not supported");
        Refused(Riff(Chunk("fmt ", Format(1, 2, 8000, 16, block: 3)), Chunk("data", [1, 0])), "block size");
        Refused(Riff(Chunk("fmt ", Format(1, 0, 8000, 16)), Chunk("data", [1, 0])), "channels");
        Refused(Riff(Chunk("fmt ", Format(0x55, 1, 8000, 16)), Chunk("data", [1, 0])), "format 85");
        Refused(Riff(Chunk("fmt ", Format(3, 1, 8000, 16)), Chunk("data", [1, 0])), "not supported");
        Refused(Riff(Chunk("fmt ", Format(0xFFFE, 1, 8000, 16)), Chunk("data", [1, 0])), "cut off");

        byte[] cut = Riff(Chunk("fmt ", fine), Chunk("data", new byte[100]));
        Refused(cut[..^40], "cut off: it says 100 bytes of audio and has 60");
        Refused(cut[..30], "cut off");
    }

    [Fact]
    public void Limits_hold_at_the_limit_and_refuse_one_above()
    {
        Accepted(Riff(Chunk("fmt ", Format(1, 32, 8000, 8)), Chunk("data", new byte[32])));
        Refused(Riff(Chunk("fmt ", Format(1, 33, 8000, 8)), Chunk("data", new byte[33])), "channels");
        Accepted(Riff(Chunk("fmt ", Format(1, 1, 1000, 8)), Chunk("data", [0])));
        Refused(Riff(Chunk("fmt ", Format(1, 1, 999, 8)), Chunk("data", [0])), "999 samples a second");
        Accepted(Riff(Chunk("fmt ", Format(1, 1, 384_000, 8)), Chunk("data", [0])));
        Refused(Riff(Chunk("fmt ", Format(1, 1, 384_001, 8)), Chunk("data", [0])), "384001 samples a second");
        Accepted(Riff(Chunk("fmt ", Format(1, 1, 1000, 8)), Chunk("data", new byte[3_599_999])));
        Refused(Riff(Chunk("fmt ", Format(1, 1, 1000, 8)), Chunk("data", new byte[3_600_000])), "longer than 3600 seconds");
        Accepted(Riff([.. Enumerable.Repeat(Chunk("junk", []), 254), Chunk("fmt ", Format(1, 1, 8000, 8)), Chunk("data", [0])]));
        Refused(Riff([.. Enumerable.Repeat(Chunk("junk", []), 255), Chunk("fmt ", Format(1, 1, 8000, 8)), Chunk("data", [0])]),
            "no data chunk");
    }

    [Fact]
    public void No_number_in_a_float_file_breaks_it()
    {
        var bytes = new byte[16];
        foreach (var (value, at) in ((float, int)[])[(float.NaN, 0), (float.PositiveInfinity, 4), (2f, 8), (-2f, 12)])
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), value);
        Assert.True(WavReader.TryRead(Riff(Chunk("fmt ", Format(3, 1, 8000, 32)), Chunk("data", bytes)), out var samples, out _, out _));
        Assert.Equal([0, 0, 32_767, -32_767], samples);
    }

    [Fact]
    public void Mutations_never_throw()
    {
        var random = new Rng(31);
        byte[] seed = File(1, 16, 2, 8000, Signals.Sine(440, 8000, 40), isExtensible: true);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] mutant = seed[..(random.Chance(0.3) ? random.Next(seed.Length) : seed.Length)];
            for (int changes = random.Next(4); changes >= 0 && mutant.Length > 0; changes--)
                mutant[random.Next(Math.Min(80, mutant.Length))] = (byte)random.Next();
            bool isRead = WavReader.TryRead(mutant, out var samples, out _, out string? detail);
            Assert.Equal(isRead, detail is null);
            Assert.Equal(isRead, samples.Length > 0);
            Assert.InRange(WavShell.Mp3Of(mutant).Length, 0, mutant.Length);
        }
    }

    [Theory]
    [InlineData("RF64", 4ul, 2), InlineData("BW64", 4ul, 2), InlineData("RF64", 0ul, 8), InlineData("RF64", 1ul << 40, 8)]
    public void A_file_with_sizes_of_64_bits_is_read_to_its_length(string kind, ulong size, int heard)
    {
        byte[] sizes = new byte[28];
        BinaryPrimitives.WriteUInt64LittleEndian(sizes.AsSpan(8), size);
        byte[] file =
        [
            .. Encoding.ASCII.GetBytes(kind), 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVE"u8, .. Chunk("ds64", sizes),
            .. Chunk("fmt ", Format(1, 1, 8_000, 16)), .. "data"u8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 2, 0, .. Chunk("LIST", [1, 2, 3, 4])
        ];

        Assert.True(WavReader.TryRead(file, out var samples, out int rate, out string? detail), detail);
        Assert.Equal((8_000, heard), (rate, samples.Length));
        Assert.Equal([1, 2], samples[..2]);
    }

    [Fact]
    public void An_MP3_in_the_shell_of_a_WAV_is_found_to_its_length()
    {
        byte[] mp3 = [0xFF, 0xFB, 0x90], fact = Chunk("fact", new byte[4]);
        byte[] format = [.. Format(0x55, 1, 8_000, 0, block: 1), .. new byte[14]];

        Assert.Equal(mp3, WavShell.Mp3Of(Riff(Chunk("fmt ", format), fact, Chunk("data", mp3), Chunk("LIST", [1, 2, 3, 4]))).ToArray());
        Assert.Equal(mp3, WavShell.Mp3Of([.. Riff(Chunk("fmt ", format)), .. "data\0\0\0\0"u8, .. mp3]).ToArray());
        Assert.True(WavShell.Mp3Of(Riff(Chunk("fmt ", Format(1, 1, 8_000, 16)), Chunk("data", mp3))).IsEmpty);
        Assert.True(WavShell.Mp3Of(Riff(Chunk("data", mp3), Chunk("fmt ", format))).IsEmpty);
        Assert.True(WavShell.Mp3Of(Riff(Chunk("fmt ", []))).IsEmpty);
        Assert.True(WavShell.Mp3Of(mp3).IsEmpty);
    }

    private static void Accepted(byte[] file) => Assert.True(WavReader.TryRead(file, out _, out _, out string? detail), detail);

    private static void Refused(byte[] file, string says)
    {
        Assert.False(WavReader.TryRead(file, out var samples, out _, out string? detail));
        Assert.Contains(says, detail);
        Assert.Empty(samples);
    }

    private static byte[] File(int tag, int bits, int channels, int rate, short[] samples, bool isExtensible)
    {
        var audio = new List<byte>();
        var one = new byte[8];
        foreach (short sample in samples)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                switch (tag, bits)
                {
                    case (1, 8): audio.Add((byte)((sample >> 8) + 128)); break;
                    case (1, 16): BinaryPrimitives.WriteInt16LittleEndian(one, sample); audio.AddRange(one[..2]); break;
                    case (1, 24): BinaryPrimitives.WriteInt32LittleEndian(one, sample << 8); audio.AddRange(one[..3]); break;
                    case (1, 32): BinaryPrimitives.WriteInt32LittleEndian(one, sample << 16); audio.AddRange(one[..4]); break;
                    case (3, 32): BinaryPrimitives.WriteSingleLittleEndian(one, sample / 32_767f); audio.AddRange(one[..4]); break;
                    case (3, 64): BinaryPrimitives.WriteDoubleLittleEndian(one, sample / 32_767.0); audio.AddRange(one); break;
                    case (6, _): audio.Add(Pcma.Compress(sample)); break;
                    default: audio.Add(Pcmu.Compress(sample)); break;
                }
            }
        }
        byte[] format = Format(isExtensible ? 0xFFFE : tag, channels, rate, bits);
        if (isExtensible)
        {
            format = [.. format, 22, 0, (byte)bits, 0, 0, 0, 0, 0, (byte)tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0,
                0xAA, 0, 0x38, 0x9B, 0x71];
        }
        return Riff(Chunk("fmt ", format), Chunk("data", [.. audio]));
    }

    private static byte[] Format(int tag, int channels, int rate, int bits, int? block = null)
    {
        var format = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(format, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), rate);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(12), (ushort)(block ?? channels * bits / 8));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), (ushort)bits);
        return format;
    }

    private static byte[] Chunk(string name, byte[] body)
    {
        var chunk = new byte[8 + body.Length + (body.Length & 1)];
        Encoding.ASCII.GetBytes(name, chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), body.Length);
        body.CopyTo(chunk, 8);
        return chunk;
    }

    private static byte[] Riff(params byte[][] chunks) => Chunk("RIFF", [.. "WAVE"u8, .. chunks.SelectMany(c => c)]);
}
