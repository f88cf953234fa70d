using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>
/// One entry of the leg's queue of sounds: a <see cref="Playback"/>, a <see cref="Speak"/> or a gather's prompt. The queue calls
/// <see cref="OnStarted"/> when its audio begins and <see cref="OnEnded"/> exactly once when it is over,
/// or <see cref="OnDropped"/> when it vanishes while it waits. A long text is several files that follow each other; of that nobody hears.
/// So are a sound that is heard once and what is repeated behind it.
/// </summary>
internal abstract class Prompt
{
    private readonly IReadOnlyList<PromptSource> _pieces;
    private readonly bool _hasOpening;
    private int _place;

    /// <param name="loops">0 plays for ever.</param>
    protected Prompt(Guid id, PromptSource source, int loops)
    {
        (Id, Source, Loops) = (id, source, loops);
        _hasOpening = loops is not 1 && source is PromptSource.Sequence { RepeatsFrom: > 0 } parts && parts.RepeatsFrom < parts.Parts.Count;
        _pieces = _hasOpening ? Parted((PromptSource.Sequence)source) : SpeechPieces.Of(source);
        Piece = new(_pieces[0], _pieces.Count == 1 ? loops : 1);
        Next = Following();
    }

    /// <summary>How long it is heard; null for several files, and for one that is repeated. Known when it starts.</summary>
    protected TimeSpan? Length => _pieces.Count == 1 && Loops == 1 ? Piece.Length : null;

    public Guid Id { get; }
    public PromptSource Source { get; }
    public int Loops { get; }

    // The queue's notes.
    /// <summary>The one that is being prepared, or plays.</summary>
    public PromptPiece Piece { get; private set; }
    /// <summary>Null behind the last one.</summary>
    public PromptPiece? Next { get; private set; }
    public bool HasStarted { get; set; }
    public bool IsEnded { get; set; }

    public abstract void OnStarted();
    public abstract void OnEnded(PlayStatus status, string? detail);

    /// <summary>What has started waits, or goes on.</summary>
    public virtual void OnPaused(bool isOn) { }

    /// <summary>Dropped while it waited. Customers hear nothing of it; a gather goes on without its prompt.</summary>
    public virtual void OnDropped() { }

    /// <summary>The piece is over.</summary>
    /// <returns>False when it was the last one.</returns>
    public bool TryStep()
    {
        if (Next is not { } next) return false;
        Piece = next;
        _place++;
        Next = Following();
        return true;
    }

    /// <summary>What is heard once cannot be had: what is repeated is heard without it.</summary>
    /// <returns>False when that is not what the piece is.</returns>
    public bool TryLeaveOut() => _hasOpening && _place == 0 && TryStep();

    private static PromptSource[] Parted(PromptSource.Sequence source)
    {
        return [One([.. source.Parts.Take(source.RepeatsFrom)]), One([.. source.Parts.Skip(source.RepeatsFrom)])];

        static PromptSource One(PromptSource[] parts) => parts.Length == 1 ? parts[0] : new PromptSource.Sequence(parts);
    }

    private PromptPiece? Following()
    {
        if (_pieces.Count == 1) return null;
        if (_hasOpening) return _place == 0 ? new(_pieces[1], Loops) : null;
        // A number that grows for years of calls, and no more.
        int next = _place + 1;
        return Loops > 0 && next / _pieces.Count >= Loops ? null : new(_pieces[next % _pieces.Count], loops: 1);
    }
}
