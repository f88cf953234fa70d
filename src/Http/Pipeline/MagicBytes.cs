namespace Ringwright.Http;

/// <summary>
/// Says what a file is by how it begins, in place of believing who sent it. Types are media types without variants:
/// "audio/wav" also for what others call audio/x-wav.
/// </summary>
public static class MagicBytes
{
    /// <summary>Bytes in which an MP3 frame must begin; taggers leave some before it.</summary>
    private const int Mp3Lead = 8 * 1024;
    private const string Wav = "audio/wav", Mp3 = "audio/mpeg", Ogg = "audio/ogg", Flac = "audio/flac", Amr = "audio/amr",
        Aiff = "audio/aiff", Mp4 = "video/mp4";

    /// <summary>What runs, or is shown by a browser as a page of ours, is taken from nobody.</summary>
    private static readonly string[] Refused = ["application/x-executable", "text/html"];

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        [Wav] = Wav, ["audio/x-wav"] = Wav, ["audio/wave"] = Wav, ["audio/vnd.wave"] = Wav,
        [Mp3] = Mp3, ["audio/mp3"] = Mp3, ["audio/x-mp3"] = Mp3, ["audio/mpeg3"] = Mp3, ["audio/x-mpeg"] = Mp3,
        [Ogg] = Ogg, ["audio/opus"] = Ogg, ["application/ogg"] = Ogg, ["video/ogg"] = Ogg,
        [Flac] = Flac, ["audio/x-flac"] = Flac, [Amr] = Amr, [Aiff] = Aiff, ["audio/x-aiff"] = Aiff,
        [Mp4] = Mp4, ["audio/mp4"] = Mp4, ["audio/x-m4a"] = Mp4, ["audio/m4a"] = Mp4, ["video/quicktime"] = Mp4,
        ["application/pdf"] = "application/pdf", ["image/png"] = "image/png", ["image/jpeg"] = "image/jpeg", ["image/gif"] = "image/gif",
        ["image/tiff"] = "image/tiff", ["image/webp"] = "image/webp", ["application/zip"] = "application/zip", ["text/html"] = "text/html",
    };

    /// <summary>Null when the beginning is none that is known.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.Length >= 12 && bytes[8..12].SequenceEqual("WAVE"u8)
            && (bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8) || bytes.StartsWith("BW64"u8)) => Wav,
        _ when bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8) => "image/webp",
        _ when bytes.Length >= 12 && bytes.StartsWith("FORM"u8) && bytes[8..11].SequenceEqual("AIF"u8) => Aiff,
        _ when bytes.Length >= 8 && bytes[4..8].SequenceEqual("ftyp"u8) => Mp4,
        _ when bytes.StartsWith("ID3"u8) || IsFrame(bytes) => Mp3,
        _ when bytes.StartsWith("OggS"u8) => Ogg,
        _ when bytes.StartsWith("fLaC"u8) => Flac,
        _ when bytes.StartsWith("#!AMR"u8) => Amr,
        _ when bytes.StartsWith("%PDF-"u8) => "application/pdf",
        _ when bytes.Length > 4 && bytes[0] == 0x89 && bytes[1..4].SequenceEqual("PNG"u8) => "image/png",
        _ when bytes.Length > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF => "image/jpeg",
        _ when bytes.StartsWith("GIF8"u8) => "image/gif",
        _ when bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) => "image/tiff",
        _ when bytes.StartsWith("PK\u0003\u0004"u8) => "application/zip",
        _ when (bytes.Length > 4 && bytes[0] == 0x7F && bytes[1..4].SequenceEqual("ELF"u8)) || bytes.StartsWith("MZ"u8)
            || bytes.StartsWith("#!/"u8) => "application/x-executable",
        _ when IsPage(bytes) => "text/html",
        _ => null,
    };

    /// <summary>Whether a file may be taken for what its sender calls it. A type that nobody can tell by its bytes is believed.</summary>
    /// <param name="said">A media type without parameters, in lower case; empty when nobody says one.</param>
    /// <returns>A sentence for the customer when it may not, else null.</returns>
    public static string? Refuse(ReadOnlySpan<byte> bytes, string said)
    {
        string? found = TypeOf(bytes);
        if (found is not null && Refused.Contains(found)) return $"The file is {found}, which is not taken.";
        if (!Known.TryGetValue(said, out string? meant))
            return found is not null && said.Length > 0 && IsAudio(said)
                && !IsSound(found) ? $"The file is no {said}: its content is {found}." : null;
        if (found == meant || (meant == Mp3 && HasFrame(bytes))) return null;
        return found is null ? $"The file is no {said}: its content is nothing of the kind."
            : $"The file is no {said}: its content is {found}.";
    }

    private static bool IsAudio(string type) => type.StartsWith("audio/", StringComparison.Ordinal);

    private static bool IsSound(string type) => IsAudio(type) || type == Mp4;

    /// <summary>Eleven bits of synchronisation, then layer 3.</summary>
    private static bool IsFrame(ReadOnlySpan<byte> bytes) => bytes.Length > 2 && bytes[0] == 0xFF && (bytes[1] & 0xE6) is 0xE2;

    private static bool HasFrame(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < Math.Min(bytes.Length, Mp3Lead); i++)
            if (IsFrame(bytes[i..])) return true;
        return false;
    }

    private static bool IsPage(ReadOnlySpan<byte> bytes)
    {
        Span<byte> start = stackalloc byte[14];
        var text = bytes.TrimStart(" \t\r\n"u8);
        int count = Math.Min(text.Length, start.Length);
        for (int i = 0; i < count; i++) start[i] = (byte)char.ToLowerInvariant((char)text[i]);
        return start[..count].StartsWith("<!doctype html"u8) || start[..count].StartsWith("<html"u8)
            || start[..count].StartsWith("<script"u8);
    }
}
