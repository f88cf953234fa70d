using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ringwright.Server.Rehearsal;

/// <summary>What the caller does when the document listens.</summary>
/// <param name="Digits">Keys that he presses; null when he speaks.</param>
/// <param name="Text">What he says; null when he presses keys.</param>
internal sealed record CallerInput(string? Digits, string? Text)
{
    /// <summary>In the order in which they were typed.</summary>
    public static IReadOnlyList<CallerInput> Read(ParseResult parsed, string digits, string say)
    {
        var inputs = new List<CallerInput>();
        string? option = null;
        foreach (var token in parsed.Tokens)
        {
            if (token.Type is TokenType.Option) option = token.Value;
            else if (option == digits) inputs.Add(new(token.Value, null));
            else if (option == say) inputs.Add(new(null, token.Value));
            if (token.Type is not TokenType.Option) option = null;
        }
        return inputs;
    }
}
