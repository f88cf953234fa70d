using System.Diagnostics;
using System.Globalization;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>How long one answer of a model takes, and what it takes: counts and times, no words.</summary>
/// <param name="who">Answers.</param>
internal sealed class AnswerWatch(Instant asked, string who = "model")
{
    private const int ByCharacters = 64;

    private Instant? _first;
    private bool _isOver;
    private BrainPart.Used? _used;

    /// <returns>What there is to say when it is whole or has failed; null before.</returns>
    public string? On(BrainPart part, Instant now)
    {
        switch (part)
        {
            case BrainPart.Text or BrainPart.Call or BrainPart.Sound:
                _first ??= now;
                return null;
            case BrainPart.Used used:
                _used = used;
                return null;
            case BrainPart.Done:
                _isOver = true;
                return $"{who}: first word after {Since(_first ?? now)} ms, whole after {Since(now)} ms{Tokens}{By}";
            case BrainPart.Failed failed:
                _isOver = true;
                return $"{who}: failed after {Since(now)} ms: {failed.Why}";
            case BrainPart.Progress or BrainPart.Listen or BrainPart.HearIn:
                return null;
            default:
                throw new UnreachableException();
        }
    }

    /// <returns>Null when it was over already.</returns>
    public string? GiveUp(Instant now) => _isOver ? null : $"{who}: given up after {Since(now)} ms";

    private string Tokens => _used is { TokensIn: 0, TokensOut: 0 } or null ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {_used.TokensIn} + {_used.TokensOut} tokens");

    private string By => _used?.By is { Length: > 0 } by
        ? $", by {new string([.. by.Take(ByCharacters).Select(c => c is >= ' ' and <= '~' ? c : '?')])}" : "";

    private string Since(Instant then) => (then - asked).TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
}
