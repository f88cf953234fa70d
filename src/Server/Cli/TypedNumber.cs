using Ringwright.Campaigns.Lists;
using Ringwright.Core;

namespace Ringwright.Server.Cli;

/// <summary>
/// A number as people type or copy it into a command: <c>+1 (555) 123-4567</c>, <c>0049 30 123456</c>, <c>tel:+49-30-123456</c>. What of
/// it would have to be guessed is no number.
/// </summary>
internal static class TypedNumber
{
    private const string Scheme = "tel:", Abroad = "00";

    /// <param name="fault">Why it is none, as part of a sentence; empty where it is one, and where it is not like one at all.</param>
    public static bool TryRead(string text, out E164 number, out string fault)
    {
        fault = "";
        if (E164.TryParse(text, out number)) return true;
        var read = NumberCell.Read(WithPlus(text.Trim()), home: null, out string plain);
        if (read is NumberFault.None && E164.TryParse(plain, out number)) return true;
        fault = read is NumberFault.NotANumber ? "" : NumberCell.Sentence(read);
        return false;
    }

    /// <exception cref="StartRefused">It is none.</exception>
    public static string Read(string text) => TryRead(text, out var number, out string fault) ? number.Text
        : throw new StartRefused($"'{text}' is not a number in +E.164 form{(fault.Length > 0 ? ": " : "")}{fault}");

    /// <summary>The number, or the text as it stands where it is something else: whoever is asked says what is wrong with that.</summary>
    public static string Of(string text) => TryRead(text, out var number, out _) ? number.Text : text;

    /// <summary>00 is what calls abroad begin with in most of the world; 011 and its like may be a number's own digits.</summary>
    private static string WithPlus(string text)
    {
        string typed = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].TrimStart() : text;
        return typed.StartsWith(Abroad, StringComparison.Ordinal) ? "+" + typed[Abroad.Length..].TrimStart() : typed;
    }
}
