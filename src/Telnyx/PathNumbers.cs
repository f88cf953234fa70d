using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>Numbers that a path names.</summary>
internal static class PathNumbers
{
    /// <summary>
    /// In +E.164 format, or as people type it; many programs leave its plus away, which they would have to encode in a query.
    /// </summary>
    public static bool TryNumber(this OperationContext op, string parameter, out E164 number)
    {
        string text = op.Path(parameter);
        return E164.TryParse(text, out number) || (!text.StartsWith('+') && E164.TryParse("+" + text, out number))
            || E164.TryParse(TypedNumbers.Read(text), out number);
    }
}
