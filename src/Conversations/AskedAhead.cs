using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>
/// What the brain is asked before it is certain that the turn is over (5.2): nothing of the answer is said or done before it is, and
/// nothing is left of it when the caller goes on.
/// </summary>
internal sealed class AskedAhead(ConversationTerms terms, Asking asking)
{
    private readonly List<BrainPart> _parts = [];
    /// <summary>Null while none is open.</summary>
    private BrainRequest? _request;
    /// <summary>The words that it is about; null without one.</summary>
    private string? _said;
    private int _turn, _count;

    /// <summary>Asks when the caller pauses behind words, and drops what was asked when he goes on.</summary>
    /// <param name="isHisTurn">Nothing is said or thought of, and nothing else is waited for.</param>
    public void Follow(TurnDetector turn, bool isHisTurn, Instant now)
    {
        string? said = isHisTurn && turn.HasPaused ? turn.Text : null;
        if (said != _said) Drop();
        if (_turn != turn.Number) (_turn, _count) = (turn.Number, 0);
        if (said is null || _said is not null || _count >= terms.AsksAhead || turn.Talked > terms.Turns.LongestAhead) return;
        _count++;
        (_said, _request) = (said, asking.AskAhead(said, now));
    }

    /// <summary>A part of its answer. That it has failed is one as well, and known when the turn is over.</summary>
    public void Hear(int request, BrainPart part)
    {
        if (_request?.Number == request) _parts.Add(part);
    }

    /// <summary>The turn is over: what was asked ahead is the request whose answer is wanted.</summary>
    /// <returns>What has come of the answer; null where these words were not asked about.</returns>
    public IReadOnlyList<BrainPart>? Take(string said, string pressed, Instant now)
    {
        if (_request is not { } request || pressed.Length > 0 || said != _said)
        {
            Drop();
            return null;
        }
        BrainPart[] parts = [.. _parts];
        Forget();
        asking.Adopt(request, now);
        return parts;
    }

    /// <summary>Nobody wants the answer any more.</summary>
    public void Drop()
    {
        if (_request is { } request) asking.Withdraw(request);
        Forget();
    }

    private void Forget()
    {
        (_request, _said) = (null, null);
        _parts.Clear();
    }
}
