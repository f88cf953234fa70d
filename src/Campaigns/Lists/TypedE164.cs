using Ringwright.Core;

namespace Ringwright.Campaigns.Lists;

/// <summary>
/// A number as people type or copy it: <c>+1 (555) 123-4567</c>, <c>0049 30 123456</c>, <c>tel:+49-30-123456</c>. What of it would have to
/// be guessed is no number.
/// </summary>
public static class TypedE164
{
    private const string Abroad = "00";

    /// <param name="fault">Why it is none; <see cref="NumberFault.NotANumber"/> also for what is not like one at all.</param>
    public static bool TryRead(string text, out E164 number, out NumberFault fault)
    {
        fault = NumberFault.None;
        if (E164.TryParse(text, out number)) return true;
        fault = NumberCell.Read(WithPlus(NumberCell.Seen(text)), home: null, out string plain);
        if (fault is not NumberFault.None) return false;
        if (E164.TryParse(plain, out number)) return true;
        fault = NumberFault.NotANumber;
        return false;
    }

    /// <summary>
    /// 00 is what calls abroad begin with in most of the world, and no country's code begins with a zero; 011 and its like may be a
    /// number's own digits. It may stand in brackets.
    /// </summary>
    private static string WithPlus(string typed)
    {
        int first = typed.AsSpan().IndexOfAnyInRange('0', '9');
        return first >= 0 && typed[first..].StartsWith(Abroad, StringComparison.Ordinal) && typed[..first].All(IsBeforeNumber)
            ? $"{typed[..first]}+{typed[(first + Abroad.Length)..].TrimStart()}" : typed;
    }

    private static bool IsBeforeNumber(char character) => character is '(' || char.IsWhiteSpace(character);
}
