using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>
/// Cuts an answer that comes bit by bit into what is spoken at once: first soon, at a clause; then sentence by sentence. Nothing is lost
/// and nothing comes twice.
/// </summary>
internal sealed class SentenceCutter
{
    /// <summary>Without a bit, until what is there of the first piece is spoken.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>A full stop behind one of these ends no sentence, and neither does one behind a letter with stops, as in 9 a.m.</summary>
    private static readonly FrozenSet<string> Abbreviations = (
        "dr mr mrs ms st no etc vs nr prof jr sr gen col capt lt sgt rev hon gov rep sen mt ft ave blvd rd apt dept inc ltd corp co bros "
        + "approx ext vol hr fr str tel bzw usw ggf evtl inkl zzgl mio mrd sra srta dra ud uds mme mlle "
        + "ln hwy pkwy ste sq ct bldg esq phd mag ing ca zb tägl av avda aprox núm pág tlf sig dott ecc")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The same, where a number follows: Jan. 5, Mon. 9 a.m., p. 12. Elsewhere a sentence may end with one.</summary>
    private static readonly FrozenSet<string> BeforeNumbers = (
        "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun fig art sec par pp p op nos "
        + "mär okt dez mo di mi do sa so febr févr avr juil août déc ene abr ago dic")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private string _text = "";
    private bool _isFirst = true, _isFinished;
    private Instant _due = Instant.Never;

    public Instant NextDue => _due;

    /// <summary>All that was added was taken.</summary>
    public bool IsEmpty => _text.Length == 0;

    public void Add(string bit, Instant now)
    {
        _text += bit;
        _isFinished = false;
        _due = _isFirst ? now + Patience : Instant.Never;
    }

    /// <summary>Nothing more will come.</summary>
    /// <param name="isCut">What is behind the last whole sentence is left out, unless that is all that there is.</param>
    public void Finish(bool isCut = false)
    {
        (_isFinished, _due) = (true, Instant.Never);
        if (!isCut) return;
        int end = _text.Length;
        while (end > 0 && !IsSentenceEnd(end - 1)) end--;
        if (end > 0 || !_isFirst) _text = _text[..end];
    }

    /// <summary>What is not taken yet never was there.</summary>
    public void Clear() => (_text, _isFinished, _due) = ("", false, Instant.Never);

    /// <summary>What is to be spoken next; its marks of Markdown are still in it.</summary>
    public bool TryTake(Instant now, out string piece)
    {
        int end = SentenceEnd();
        if (_isFirst && end < 0) end = ClauseEnd();
        if (_isFirst && end < 0 && _text.Length >= Limits.FirstCharacters) end = LastWordEnd(Limits.FirstCharacters);
        if (_isFirst && end < 0 && _due <= now) end = LastWordEnd(_text.Length);
        if (end < 0 && _text.Length >= Limits.PieceCharacters) end = LastWordEnd(Limits.PieceCharacters);
        if (end < 0 && _isFinished) end = _text.Length;
        if (_due <= now) _due = Instant.Never;
        piece = end <= 0 ? "" : _text[..end].Trim();
        if (end <= 0) return false;
        _text = _text[end..].TrimStart();
        if (piece.Length == 0) return TryTake(now, out piece);
        (_isFirst, _due) = (false, Instant.Never);
        return true;
    }

    /// <summary>Behind the first sentence that surely is one, at most a piece long; -1 when there is none.</summary>
    private int SentenceEnd()
    {
        for (int i = 0; i < _text.Length && i < Limits.PieceCharacters; i++)
            if (IsSentenceEnd(i)) return _text[i] is '\n' ? i + 1 : BehindMarks(i + 1);
        return -1;
    }

    private bool IsSentenceEnd(int i) => _text[i] switch
    {
        '\n' => i > 0,
        '.' => IsBoundary(i) && !IsAbbreviation(i),
        '?' or '!' => IsBoundary(i),
        var mark when SentenceMarks.IsEnd(mark) => true,
        _ => false,
    };

    /// <summary>What closes it, and second marks, are of the sentence before them.</summary>
    private int BehindMarks(int end)
    {
        while (end < _text.Length && end < Limits.PieceCharacters)
        {
            int next = SentenceMarks.IsEnd(_text[end]) ? end + 1 : BehindCloser(end);
            if (next == end) break;
            end = next;
        }
        return end;
    }

    /// <summary>
    /// Behind a quotation mark or a bracket that closes there, or a source ([1]) of a model that searches; the same place where none is.
    /// </summary>
    private int BehindCloser(int at)
    {
        if (IsCloser(_text[at])) return at + 1;
        if (_text[at] is not '[') return at;
        int end = at + 1;
        while (end < _text.Length && end - at <= Limits.SourceDigits && char.IsAsciiDigit(_text[end])) end++;
        return end > at + 1 && end < _text.Length && _text[end] is ']' ? end + 1 : at;
    }

    private static bool IsCloser(char c) => c is '"' or '\'' or ')' or ']' or '*' or '”' or '’' or '»' or '」' or '』' or '）';

    private int ClauseEnd()
    {
        for (int i = Limits.FirstClauseCharacters - 1; i < _text.Length; i++)
        {
            if (SentenceMarks.IsWideClause(_text[i])) return i + 1;
            if (SentenceMarks.IsClause(_text[i]) && i + 1 < _text.Length && char.IsWhiteSpace(_text[i + 1])) return i + 1;
        }
        return -1;
    }

    /// <summary>A space and the beginning of something new follow, or nothing will.</summary>
    private bool IsBoundary(int mark)
    {
        int next = mark + 1;
        while (next < _text.Length && BehindCloser(next) is var behind && behind > next) next = behind;
        if (next == _text.Length) return _isFinished;
        if (!char.IsWhiteSpace(_text[next])) return false;
        while (next < _text.Length && char.IsWhiteSpace(_text[next])) next++;
        return next == _text.Length ? _isFinished : !char.IsLower(_text[next]);
    }

    private bool IsAbbreviation(int stop)
    {
        int from = stop;
        while (from > 0 && !char.IsWhiteSpace(_text[from - 1])) from--;
        string word = _text[from..stop].ToLowerInvariant();
        return Abbreviations.Contains(word) || word.Length > 0 && word.All(char.IsAsciiDigit) || IsInitials(word)
            || BeforeNumbers.Contains(word) && IsBeforeNumber(stop);
    }

    private bool IsBeforeNumber(int stop)
    {
        int next = stop + 1;
        while (next < _text.Length && char.IsWhiteSpace(_text[next])) next++;
        return next < _text.Length && char.IsAsciiDigit(_text[next]);
    }

    /// <summary>a.m, U.S, J: single letters, with stops between them.</summary>
    private static bool IsInitials(string word)
    {
        for (int i = 0; i < word.Length; i++)
            if (i % 2 == 0 ? !char.IsAsciiLetter(word[i]) : word[i] is not '.') return false;
        return word.Length % 2 == 1 && word is not "i";
    }

    /// <summary>Behind the last whole word within so many characters; -1 when there is none.</summary>
    private int LastWordEnd(int within)
    {
        int last = Math.Min(within, _text.Length) - 1;
        for (int i = last; i > 0; i--)
            if (char.IsWhiteSpace(_text[i]) || SentenceMarks.IsWideClause(_text[i])) return i + 1;
        // One word without an end.
        return _text.Length >= Limits.PieceCharacters ? Clipped.Of(_text, Limits.PieceCharacters).Length : -1;
    }
}
