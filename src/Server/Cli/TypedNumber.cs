using Ringwright.Campaigns.Lists;
using Ringwright.Core;

namespace Ringwright.Server.Cli;

/// <summary>A number as people type or copy it into a command.</summary>
internal static class TypedNumber
{
    /// <param name="fault">Why it is none, as part of a sentence; empty where it is one, and where it is not like one at all.</param>
    public static bool TryRead(string text, out E164 number, out string fault)
    {
        bool isOne = TypedE164.TryRead(text, out number, out var read);
        fault = isOne || read is NumberFault.NotANumber ? "" : NumberCell.Sentence(read);
        return isOne;
    }

    /// <exception cref="StartRefused">It is none.</exception>
    public static string Read(string text) => TryRead(text, out var number, out string fault) ? number.Text
        : throw new StartRefused($"'{text}' is not a number in +E.164 form{(fault.Length > 0 ? ": " : "")}{fault}");

    /// <summary>The number, or the text as it stands where it is something else: whoever is asked says what is wrong with that.</summary>
    public static string Of(string text) => TryRead(text, out var number, out _) ? number.Text : text;
}
