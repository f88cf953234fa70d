using System.Buffers;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Chakra.Calling;

/// <summary>Who called and who was called, as clients and other providers say it: people type numbers in many ways.</summary>
internal static class SaidParties
{
    private const int FewestDigits = 3;

    /// <summary>Of a number, also of one without its country.</summary>
    private static readonly SearchValues<char> Typed = SearchValues.Create("+0123456789 -().");

    /// <summary>A number in international form, whichever way it is written; what is none stays as it was said.</summary>
    public static string Of(ChakraParts parts, string said) => PartyAlias.IsNumber(said) ? said : parts.ReadNumber(said) ?? said;

    /// <summary>The same of fields of a body, where they are there.</summary>
    public static void Read(ChakraParts parts, JsonObject body, params string[] names)
    {
        foreach (string name in names)
            if ((string?)body[name] is { } said) body[name] = Of(parts, said);
    }

    /// <summary>Of a call that nobody here has carried: a number whose country nobody knows is shown as it was said.</summary>
    public static string Shown(string party) => !party.AsSpan().ContainsAnyExcept(Typed)
        && party.Count(char.IsAsciiDigit) >= FewestDigits ? party : PartyAlias.Of(party);
}
