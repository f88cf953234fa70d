using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;

namespace Ringwright.Speech;

/// <summary>
/// Samples without the head of a WAV file, as some servers send them: the Content-Type says what they are, or the head of an AU
/// file does.
/// </summary>
internal static class BareAudio
{
    private const int TelephoneRate = 8_000;

    private static readonly string[] MuLaw = ["audio/basic", "audio/pcmu", "audio/mulaw", "audio/x-mulaw", "audio/ulaw", "audio/x-ulaw"],
        ALaw = ["audio/pcma", "audio/alaw", "audio/x-alaw"], HighByteFirst = ["audio/l16", "audio/x-l16"],
        Linear = [.. HighByteFirst, "audio/pcm", "audio/x-pcm"];

    /// <summary>Whether it is a type of bare samples, of which another one makes another sound.</summary>
    public static bool IsType(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType is { } name
        && (Has(MuLaw, name) || Has(ALaw, name) || Has(Linear, name));

    /// <returns>A WAV file, or what stands in the way as the end of a sentence; neither where this is something else.</returns>
    public static (byte[]? File, string? Fault) Read(ReadOnlySpan<byte> bytes, string? contentType)
    {
        if (bytes.StartsWith(".snd"u8)) return OfAu(bytes);
        // A server may name what it was asked for, and send what it has.
        if (bytes.StartsWith("ID3"u8)) return (null, null);
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.MediaType is not { } name) return (null, null);
        bool isMuLaw = Has(MuLaw, name), isALaw = Has(ALaw, name);
        if (!isMuLaw && !isALaw && !Has(Linear, name)) return (null, null);
        if (bytes.Length < sizeof(short)) return (null, $"{name} without a sample");
        if (NumberOf(type, "channels") is not (null or 1)) return (null, $"{name} of more than one channel");
        int? said = NumberOf(type, "rate");
        if (isMuLaw || isALaw)
            return (AudioFormat.ToWav(bytes, said ?? TelephoneRate, isMuLaw ? SampleCoding.MuLaw : SampleCoding.ALaw), null);
        if (said is not { } rate) return (null, $"{name}, and does not say at which rate ({name};rate=24000)");
        return (AudioFormat.ToWav(Has(HighByteFirst, name) && IsHighByteFirst(bytes) ? Swapped(bytes) : bytes, rate), null);
    }

    /// <summary>A head of six big-endian numbers, and what it says of where the samples begin.</summary>
    private static (byte[]? File, string? Fault) OfAu(ReadOnlySpan<byte> file)
    {
        const int head = 24;
        if (file.Length < head) return (null, "an AU file that is cut off");
        uint start = BinaryPrimitives.ReadUInt32BigEndian(file[4..]), coding = BinaryPrimitives.ReadUInt32BigEndian(file[12..]);
        uint rate = BinaryPrimitives.ReadUInt32BigEndian(file[16..]), channels = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        if (start < head || start > file.Length || rate is 0 or > int.MaxValue) return (null, "an AU file with a broken head");
        if (channels != 1) return (null, "an AU file of more than one channel");
        var samples = file[(int)start..];
        return coding switch
        {
            1 => (AudioFormat.ToWav(samples, (int)rate, SampleCoding.MuLaw), null),
            3 => (AudioFormat.ToWav(Swapped(samples), (int)rate), null),
            27 => (AudioFormat.ToWav(samples, (int)rate, SampleCoding.ALaw), null),
            _ => (null, "an AU file of an encoding that is neither µ-law, A-law nor 16 bits"),
        };
    }

    private static bool Has(string[] types, string name) => types.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static int? NumberOf(MediaTypeHeaderValue type, string name) =>
        int.TryParse(type.Parameters.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"'),
            NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;

    /// <summary>RFC 2586 says so of L16, and most servers do otherwise: sound changes little from one sample to the next.</summary>
    private static bool IsHighByteFirst(ReadOnlySpan<byte> samples)
    {
        long high = 0, low = 0;
        for (int i = 0; i + 3 < samples.Length; i += sizeof(short))
        {
            var one = samples[i..];
            var next = one[sizeof(short)..];
            high += Math.Abs(BinaryPrimitives.ReadInt16BigEndian(one) - BinaryPrimitives.ReadInt16BigEndian(next));
            low += Math.Abs(BinaryPrimitives.ReadInt16LittleEndian(one) - BinaryPrimitives.ReadInt16LittleEndian(next));
        }
        return high < low;
    }

    private static byte[] Swapped(ReadOnlySpan<byte> samples)
    {
        byte[] swapped = new byte[samples.Length & ~1];
        for (int i = 0; i < swapped.Length; i++) swapped[i] = samples[i ^ 1];
        return swapped;
    }
}
