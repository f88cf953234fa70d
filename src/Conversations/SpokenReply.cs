using System.Text;
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>What is said to the caller in one turn: the pieces of it, and what was heard of them.</summary>
internal sealed class SpokenReply
{
    private readonly SentenceCutter _cutter = new();
    private readonly PlainSpeech _plain = new();
    private readonly List<Piece> _pieces = [];
    private readonly StringBuilder _heard = new(), _heardAside = new();
    private int _characters, _before;
    private bool _isAside;
    private Manner _manner = Manner.Usual;

    /// <summary>The brain has said all that it will, and calls nothing.</summary>
    public bool IsDone { get; set; }

    /// <summary>A voice may add to the turn that it answers: nothing of it is heard before that is clear.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Nobody interrupts it.</summary>
    public bool IsProtected { get; set; }

    /// <summary>Whether it may be cut off by a key; null as for any reply.</summary>
    public bool? IsCuttable { get; init; }

    /// <summary>Whether the caller may interrupt what is heard, or comes next; null as the terms say.</summary>
    public bool? IsInterruptible => _pieces.Find(piece => piece.State is not PieceState.Over)?.Manner.IsInterruptible;

    /// <summary>There are words that have not become a piece.</summary>
    public bool HasLeft => !_cutter.IsEmpty;

    /// <summary>The conversation ends behind it.</summary>
    public EndReason? Ends { get; init; }

    /// <summary>It becomes part of what brains are told.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>The turn that it answers; empty where it answers none.</summary>
    public string Said { get; init; } = "";

    public string Pressed { get; init; } = "";

    public ToolBook Tools { get; } = new();

    public ListenTerms Listen { get; set; } = ListenTerms.Usual;

    /// <summary>When the first of it was heard; null as long as nothing was.</summary>
    public Instant? HeardSince { get; private set; }

    public bool HasBegun => _pieces.Exists(piece => piece.State is PieceState.Heard or PieceState.Over);

    /// <summary>Something of it is heard, or will be.</summary>
    public bool IsSpeaking => _pieces.Exists(piece => piece.State is not PieceState.Over);

    /// <summary>One is heard whose end is still to be told.</summary>
    public bool IsHeard => _pieces.Exists(piece => piece.State is PieceState.Heard);

    /// <summary>The last sentence of it is heard, and is a question.</summary>
    public bool IsQuestion => IsDone && _pieces is [.., { State: PieceState.Heard }] && EndsWithQuestion;

    public bool EndsWithQuestion => _pieces is [.., var last] && SentenceMarks.EndsQuestion(last.Text);

    /// <summary>Of the text, heard or not: about the last two sentences.</summary>
    public string LastWords => string.Join(' ', _pieces.TakeLast(2).Select(piece => piece.Text));

    public Instant NextDue => IsHeld ? Instant.Never : _cutter.NextDue;

    /// <summary>What of the brain's answer is to be said, to be done, or to be waited for.</summary>
    public void Take(BrainPart part, Instant now)
    {
        switch (part)
        {
            case BrainPart.Text text:
                Add(text.Bit, now, text.Manner);
                break;
            case BrainPart.Sound sound:
                Add(sound, now);
                break;
            case BrainPart.Call call:
                Tools.Add(call.Tool);
                break;
            case BrainPart.Listen listen:
                Listen = listen.Terms;
                break;
            case BrainPart.Done done:
                Finish(done.IsCut);
                IsDone = !Tools.IsOpen;
                break;
            case BrainPart.HearIn or BrainPart.Progress or BrainPart.Used or BrainPart.Failed:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public void Add(string bit, Instant now, Manner? manner = null)
    {
        if (manner is not null && manner != _manner) Turn(manner, now);
        _characters += bit.Length;
        if (_characters <= Limits.ReplyCharacters) _cutter.Add(bit, now);
    }

    private void Add(BrainPart.Sound sound, Instant now)
    {
        Turn(sound.Manner, now);
        _characters += sound.Url.Length;
        if (_characters <= Limits.ReplyCharacters) _pieces.Add(new("", sound.Manner, sound));
    }

    /// <summary>What comes is heard in another manner: no piece has some of both.</summary>
    private void Turn(Manner manner, Instant now)
    {
        _cutter.Finish();
        TakePieces(now);
        _manner = manner;
    }

    private void TakePieces(Instant now)
    {
        while (_cutter.TryTake(now, out string raw))
            if (_plain.Take(raw) is { Length: > 0 } text) _pieces.Add(new(text, _manner, null) { IsAside = _isAside });
    }

    /// <summary>The brain says nothing more in this round.</summary>
    /// <param name="isCut">Its last sentence has no end, and is not said.</param>
    public void Finish(bool isCut = false) => _cutter.Finish(isCut);

    /// <summary>Another answer, of this turn's: of the one before only what has become a piece is said.</summary>
    public void BeginAnswer()
    {
        _before = _pieces.Count;
        _cutter.Clear();
    }

    /// <summary>Said in the brain's place: it becomes no part of what brains are told that they have said.</summary>
    public void SayAside(string words, Instant now)
    {
        BeginAnswer();
        _isAside = true;
        Add(words, now);
        Finish();
        TakePieces(now);
        _isAside = false;
    }

    /// <summary>Nothing of the answer that is waited for has become a piece.</summary>
    public bool IsAnswerSilent => _pieces.Count == _before;

    /// <summary>The next piece that is to be made ready; at most <see cref="Limits.PiecesAhead"/> before the one that is heard.</summary>
    public Piece? NextToSay(Func<int> number, Instant now)
    {
        TakePieces(now);
        if (IsHeld || _pieces.Count(piece => piece.State is PieceState.Asked or PieceState.Heard) > Limits.PiecesAhead) return null;
        if (_pieces.Find(piece => piece.State is PieceState.Waiting) is not { } next) return null;
        // Each time another number: what is told of the one before is not meant.
        (next.State, next.AskedAt, next.Number) = (PieceState.Asked, now, number());
        return next;
    }

    /// <summary>
    /// When one that was asked for began to be waited for; <see cref="Instant.Never"/> when none is, or another is heard.
    /// </summary>
    public Instant AskedAt =>
        IsHeard || _pieces.Find(piece => piece.State is PieceState.Asked) is not { } asked ? Instant.Never : asked.AskedAt;

    public void OnStarted(int number, TimeSpan? length, Instant now)
    {
        if (Find(number) is not { State: PieceState.Asked } piece) return;
        (piece.State, piece.Length, piece.StartedAt) = (PieceState.Heard, length, now);
        HeardSince ??= now;
    }

    public void OnEnded(int number, bool isWhole, TimeSpan? played, Instant now)
    {
        if (Find(number) is not { State: PieceState.Asked or PieceState.Heard } piece) return;
        bool wasHeard = piece.State is PieceState.Heard;
        piece.State = PieceState.Over;
        // Whoever stops one stops those that wait behind it.
        if (!isWhole) Drop();
        // It was asked for ahead: only from here on it is waited for.
        if (_pieces.Find(one => one.State is PieceState.Asked) is { } next) next.AskedAt = now;
        if (!wasHeard) return;
        Append(piece.IsAside ? _heardAside : _heard,
            isWhole ? piece.Text : HeardWords.Of(piece.Text, played ?? now - piece.StartedAt, piece.Length));
    }

    /// <summary>The words that were heard since this was asked last; empty for none.</summary>
    public string TakeHeard() => Take(_heard);

    /// <summary>The same of what was said in the brain's place.</summary>
    public string TakeHeardAside() => Take(_heardAside);

    /// <summary>What is not heard yet never will be.</summary>
    public void Drop()
    {
        foreach (var piece in _pieces.Where(piece => piece.State is PieceState.Waiting or PieceState.Asked)) piece.State = PieceState.Over;
    }

    /// <summary>What was asked for, and not begun, is asked for again.</summary>
    public void Recall()
    {
        foreach (var piece in _pieces.Where(piece => piece.State is PieceState.Asked)) piece.State = PieceState.Waiting;
    }

    /// <summary>Nobody tells of its end any more.</summary>
    public void CutOff(Instant now)
    {
        Drop();
        if (_pieces.Find(piece => piece.State is PieceState.Heard) is { } heard) OnEnded(heard.Number, isWhole: false, null, now);
    }

    private Piece? Find(int number) => _pieces.Find(piece => piece.Number == number);

    private static void Append(StringBuilder heard, string words)
    {
        if (words.Length > 0) heard.Append(heard.Length > 0 ? " " : "").Append(words);
    }

    private static string Take(StringBuilder heard)
    {
        string words = heard.ToString();
        heard.Clear();
        return words;
    }

    internal enum PieceState { Waiting, Asked, Heard, Over }

    internal sealed class Piece(string text, Manner manner, BrainPart.Sound? sound)
    {
        public string Text => text;
        public Manner Manner => manner;
        /// <summary>A file in place of the text; null for a text.</summary>
        public BrainPart.Sound? Sound => sound;
        public bool IsAside { get; init; }
        public int Number { get; set; }
        public PieceState State { get; set; }
        public Instant AskedAt { get; set; }
        public Instant StartedAt { get; set; }
        public TimeSpan? Length { get; set; }
    }
}
