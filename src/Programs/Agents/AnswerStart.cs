using System.Buffers;

namespace Ringwright.Programs.Agents;

/// <summary>
/// The first bytes of a model's answer. A server that begins to answer before it has looked at the request can refuse that only here,
/// behind a 200.
/// </summary>
internal sealed class AnswerStart
{
    private const int Most = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <returns>What came up to now as the refusal that it is, valid until the next call; null where it is none.</returns>
    public WebAnswer? Add(ReadOnlySpan<byte> bits)
    {
        int room = Most - _bytes.WrittenCount;
        if (room <= 0) return null;
        _bytes.Write(bits[..Math.Min(bits.Length, room)]);
        return HasError(_bytes.WrittenSpan) ? new(400, null, _bytes.WrittenMemory) : null;
    }

    /// <summary>A member, and not a word of the answer, in which quotation marks are escaped. Some answers have one that is null.</summary>
    private static bool HasError(ReadOnlySpan<byte> text)
    {
        var member = "\"error\""u8;
        int at = text.IndexOf(member);
        if (at < 0) return false;
        var value = text[(at + member.Length)..].TrimStart(" :"u8);
        return !value.IsEmpty && value[0] is (byte)'{' or (byte)'"';
    }
}
