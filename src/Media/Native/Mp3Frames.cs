namespace Ringwright.Media.Native;

/// <summary>
/// Tells an MP3 from bare samples, where either may come. <see cref="Mp3Reader.IsMp3"/> takes two bytes for one, which samples have too.
/// </summary>
public static class Mp3Frames
{
    /// <summary>Of layer III, in kbit/s, by their number: of MPEG 1, and of the later ones.</summary>
    private static readonly int[] Full = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        Half = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] Hertz = [44_100, 48_000, 32_000];

    /// <summary>A tag, or a frame behind which there is another one, or nothing; zeros may come before.</summary>
    public static bool Begin(ReadOnlySpan<byte> file)
    {
        var sound = file.TrimStart((byte)0);
        if (sound.StartsWith("ID3"u8)) return true;
        return LengthOf(sound) is { } length && (sound.Length == length || sound.Length > length && LengthOf(sound[length..]) is not null);
    }

    /// <summary>Where frames begin that follow each other, behind what is no sound; -1 where none do near the beginning.</summary>
    public static int FirstIn(ReadOnlySpan<byte> file)
    {
        int at = 0, most = Math.Min(file.Length, Limits.Mp3LeadBytes);
        while (file[at..most].IndexOf((byte)0xFF) is >= 0 and var further)
        {
            at += further;
            if (AreFrames(file[at..])) return at;
            at++;
        }
        return -1;
    }

    /// <summary>One alone may be anything.</summary>
    private static bool AreFrames(ReadOnlySpan<byte> from)
    {
        for (int frames = 0; frames < Limits.Mp3LeadFrames; frames++)
        {
            if (LengthOf(from) is not { } length || from.Length < length) return false;
            from = from[length..];
        }
        return true;
    }

    /// <summary>Of the frame that begins here, in bytes; null where none of layer III does.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4 || head[0] != 0xFF || (head[1] & 0xE0) != 0xE0) return null;
        int version = (head[1] >> 3) & 3, layer = (head[1] >> 1) & 3, bits = head[2] >> 4, rate = (head[2] >> 2) & 3;
        if (version == 1 || layer != 1 || bits is 0 or 15 || rate == 3) return null;
        int hertz = version == 3 ? Hertz[rate] : version == 2 ? Hertz[rate] / 2 : Hertz[rate] / 4;
        int bytes = version == 3 ? 144_000 * Full[bits] / hertz : 72_000 * Half[bits] / hertz;
        return bytes + ((head[2] >> 1) & 1);
    }
}
