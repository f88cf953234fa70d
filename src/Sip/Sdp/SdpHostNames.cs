using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Sdp;

/// <summary>The hosts that c= lines of a description name in place of addresses: whoever negotiates must know where they are.</summary>
public static class SdpHostNames
{
    /// <summary>Of one description; a name beyond these is not looked for, and leads nowhere.</summary>
    public const int Most = 4;

    /// <summary>Each once; empty for nearly every description there is.</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> sdp)
    {
        List<string>? names = null;
        while (!sdp.IsEmpty)
        {
            int end = sdp.IndexOf((byte)'\n');
            var line = (end < 0 ? sdp : sdp[..end]).Trim(" \t\r"u8);
            sdp = end < 0 ? default : sdp[(end + 1)..];
            if (!line.StartsWith("c="u8)) continue;
            // An address costs no text.
            var last = line[(line.LastIndexOfAny((byte)' ', (byte)'\t') + 1)..];
            if (line.Length > SdpLimits.LineBytes || last.Contains((byte)':')
                || !last.ContainsAnyInRange((byte)'a', (byte)'z') && !last.ContainsAnyInRange((byte)'A', (byte)'Z')) continue;
            string[] words = line[2..].AsText().Split((char[])[' ', '\t'], 4, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || new SdpConnection(words[0], words[1], words[2]).HostName is not { } name) continue;
            names ??= [];
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase)) names.Add(name);
            if (names.Count == Most) break;
        }
        return names ?? [];
    }
}
