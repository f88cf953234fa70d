using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Campaigns.Lists;

/// <summary>What keeps a cell from being a number.</summary>
public enum NumberFault
{
    None,
    /// <summary>It has no '+' and no country is assumed, or it has what no number has.</summary>
    NotANumber,
    /// <summary>A spreadsheet would run it.</summary>
    Formula,
    /// <summary>"4.93E+11": a spreadsheet has dropped digits.</summary>
    Exponent,
    /// <summary>"12125550100.0": a spreadsheet has taken it for an amount.</summary>
    Fraction,
    /// <summary>"+49 (0)30" or "+49 (030)": whether the 0 is dialled nobody says.</summary>
    BracketedZero,
    /// <summary>"+49 030": as with brackets, and nobody who is called or must not be called is known by it.</summary>
    TrunkZero,
    /// <summary>No reading of it is a number of the country that is assumed.</summary>
    NotOfCountry,
    /// <summary>Two readings are.</summary>
    Ambiguous,
}

/// <summary>
/// Numbers as lists of people have them: with what separates their digits, with marks that nobody sees, with a spreadsheet's apostrophe,
/// in the digits of any script.
/// What would have to be guessed is no number: a digit is neither added nor dropped, but for the prefixes of
/// <see cref="NationalNumbers"/>. Pure.
/// </summary>
public static partial class NumberCell
{
    private const int MostCharacters = 64;

    /// <summary>
    /// Between the digits of one number; no '/', behind which another one begins. Some hyphens and spaces have characters of their own.
    /// </summary>
    private static readonly SearchValues<char> Separators =
        SearchValues.Create(" -().\u00A0\u2002\u2003\u2007\u2009\u202F\u2010\u2011\u2012\u2013\u2014\u2212");

    /// <summary>Soft hyphen, joiners, marks of direction, byte order mark: they come along when a number is copied.</summary>
    private static readonly SearchValues<char> Unseen = SearchValues.Create(
        "\u00AD\u061C\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069\uFEFF");

    /// <summary>Before a number: the scheme of its URI (RFC 3966), and the mark of leads that advertisements have brought.</summary>
    private static readonly string[] Marks = ["tel:", "p:"];

    /// <param name="home">Reads what has no '+'; null where each number must have one.</param>
    /// <param name="number">In +E.164 form; "" with a fault.</param>
    public static NumberFault Read(string cell, NationalNumbers? home, out string number)
    {
        number = "";
        // Most cells of a long list are numbers as they stand.
        if (E164.TryParse(cell, out var plainly)) return Judge(plainly, out number);
        string text = Seen(cell);
        if (text.Length is 0 or > MostCharacters) return NumberFault.NotANumber;
        if (text[0] is '=' or '-' or '@' or '\t' or '\r') return NumberFault.Formula;
        if (ByExponent().IsMatch(text)) return NumberFault.Exponent;
        if (ByFraction().IsMatch(text)) return NumberFault.Fraction;
        string plain = Without(text, Separators);
        if (plain.AsSpan(plain.StartsWith('+') ? 1 : 0).ContainsAnyExceptInRange('0', '9')) return NumberFault.NotANumber;
        if (text.Contains('(', StringComparison.Ordinal) && Bracketed().IsMatch(text)) return NumberFault.BracketedZero;
        if (plain.StartsWith('+')) return E164.TryParse(plain, out var read) ? Judge(read, out number) : NumberFault.NotANumber;
        return home is null || plain.Length == 0 ? NumberFault.NotANumber : home.Read(plain, out number);
    }

    /// <summary>
    /// Without an extension (<c>+1 212-555-0100 ext. 12</c>, <c>x12</c>, <c>#12</c>, <c>;ext=12</c>): nobody can dial one, but whoever must
    /// not be called at it must not be called at the number before it.
    /// </summary>
    public static string WithoutExtension(string cell) => cell.Length > MostCharacters ? cell : Extension().Replace(Seen(cell), "");

    /// <summary>
    /// The number of whom a list says that nobody is to call him: also where nobody would be called by the cell, as before an extension, or
    /// behind a 00 where no country is assumed.
    /// </summary>
    /// <param name="number">In +E.164 form; "" where there is none.</param>
    public static bool TryRefused(string cell, NationalNumbers? home, out string number)
    {
        string[] texts = [cell, WithoutExtension(cell)];
        foreach (string text in texts)
        {
            var fault = Read(text, home, out number);
            if (fault is NumberFault.None) return true;
            if (fault is not (NumberFault.NotANumber or NumberFault.NotOfCountry)) continue;
            if (!TypedE164.TryRead(text, out var typed, out _)) continue;
            number = typed.Text;
            return true;
        }
        number = "";
        return false;
    }

    /// <summary>Whether a line of names has a number where a name belongs: then there is no such line.</summary>
    public static bool IsIn(IEnumerable<string> names) =>
        names.Any(static name => Without(Seen(ListText.Plain(name)), Separators).TrimStart('+') is { Length: > 5 } digits
            && !digits.AsSpan().ContainsAnyExceptInRange('0', '9'));

    /// <param name="country">That is assumed, for the sentence.</param>
    public static string Sentence(NumberFault fault, string? country = null) => fault switch
    {
        NumberFault.NotANumber => "it is no number in +E.164 form",
        NumberFault.Formula => "it is a formula, and no number",
        NumberFault.Exponent => "a spreadsheet has shortened it, and its last digits are lost: format the column as text",
        NumberFault.Fraction => "a spreadsheet has taken it for an amount: format the column as text",
        NumberFault.BracketedZero => "a zero in brackets stands in it: write the number as it is dialled from abroad",
        NumberFault.TrunkZero =>
            "a zero that is dialled at home alone stands behind its country code: write the number as it is dialled from abroad",
        NumberFault.NotOfCountry => $"it is no number of {country}, and has no + and country code",
        NumberFault.Ambiguous => $"it may be two numbers of {country}: write it with + and the country code",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static NumberFault Judge(E164 read, out string number)
    {
        bool hasZero = NumberingPlans.Load().HasTrunkZero(read);
        number = hasZero ? "" : read.Text;
        return hasZero ? NumberFault.TrunkZero : NumberFault.None;
    }

    /// <summary>
    /// Without what nobody sees, the apostrophe by which a spreadsheet knows a text, and the mark of a number; digits of any script as the
    /// ones that are dialled.
    /// </summary>
    internal static string Seen(string cell)
    {
        string text = Without(cell, Unseen).Trim();
        if (!Ascii.IsValid(text)) text = string.Concat(text.Select(Dialled)).Trim();
        if (text.StartsWith('\'')) text = text[1..].TrimStart();
        string? mark = Marks.FirstOrDefault(one => text.StartsWith(one, StringComparison.OrdinalIgnoreCase));
        return mark is null ? text : text[mark.Length..].TrimStart();
    }

    /// <summary>Of the wide letters of East Asia the usual ones, of any digit the one of its value.</summary>
    private static char Dialled(char c) => c switch
    {
        >= '\uFF01' and <= '\uFF5E' => (char)(c - '\uFF01' + '!'),
        '\u3000' => ' ',
        > '9' when char.IsDigit(c) => (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)),
        _ => c,
    };

    private static string Without(string text, SearchValues<char> dropped) =>
        text.AsSpan().ContainsAny(dropped) ? string.Concat(text.Where(c => !dropped.Contains(c))) : text;

    [GeneratedRegex(@"^\+?[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex ByExponent();

    /// <summary>At the end, in the ways that people and CRMs write it, and in that of RFC 3966.</summary>
    [GeneratedRegex(@"\s*(?:,?\s*(?:ext(?:ension)?|x)[.:]?|#|;ext=)\s*[0-9]{1,7}\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Extension();

    [GeneratedRegex(@"^\+?[0-9]{5,}[.,]0{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex ByFraction();

    /// <summary>Behind a country code: at home it is dialled. In Italy an area code has it from everywhere.</summary>
    [GeneratedRegex(@"^(?!\+39[^(]*\(0[0-9]).+\(\s*0[0-9]*\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();
}
