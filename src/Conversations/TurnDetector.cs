using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>What a caller has said since it is his turn, and whether that is all of it.</summary>
internal sealed class TurnDetector(TurnTerms terms)
{
    /// <summary>Behind its last sound; words that come later are said anew.</summary>
    private static readonly TimeSpan LatestAgain = TimeSpan.FromSeconds(6);

    private string _final = "", _interim = "", _keys = "";
    private bool _isTalking, _isUnanswered, _isKeyed;
    private Instant _quietSince, _keysDue, _talksSince;
    /// <summary>Words of the turn before that could still change when it was over: they come once more, when they cannot.</summary>
    private IReadOnlyList<string> _told = [];
    /// <summary>Those of what can still change, as they came: with what turns before had of them.</summary>
    private IReadOnlyList<string> _whole = [];
    private Instant _toldUntil;
    private bool _hasSpokenSince;

    /// <summary>A number, a name or an address is asked for.</summary>
    public bool IsDictation { get; set; }

    /// <summary>So many keys are all that is asked for.</summary>
    public int MostKeys { get; set; } = Limits.TurnKeys;

    public bool IsTalking => _isTalking;
    public string Keys => _keys;
    public string Text => _interim.Length == 0 ? _final : _final.Length == 0 ? _interim : $"{_final} {_interim}";
    /// <summary>The caller is silent behind words that will not change.</summary>
    public bool HasPaused => !_isTalking && !_isUnanswered && _keys.Length == 0 && _interim.Length == 0 && _final.Length > 0;

    /// <summary>Grows with each turn.</summary>
    public int Number { get; private set; }

    /// <summary>For how long there was a voice in this turn, up to its last pause.</summary>
    public TimeSpan Talked { get; private set; }

    public bool IsEmpty => Text.Length == 0 && _keys.Length == 0;

    /// <summary>When the last of it was heard: now, as long as he talks.</summary>
    public Instant HeardUntil(Instant now)
    {
        if (_isTalking) return now;
        var (said, pressed) = (Text.Length > 0 ? _quietSince : default, _keys.Length > 0 ? _keysDue - terms.BetweenKeys : default);
        return Instant.Min(now, Instant.Max(said, pressed));
    }

    /// <summary>When <see cref="Judge"/> says something without further news.</summary>
    public Instant NextDue =>
        _keys.Length > 0 ? _isKeyed ? default : _keysDue
        : _isTalking ? Instant.Never
        : Text.Length == 0 ? _isUnanswered ? _quietSince + terms.ForWords : Instant.Never
        : Instant.Max(_quietSince + terms.EndOfTurn.SilenceBehind(new(Text, IsDictation), terms),
            _interim.Length > 0 || _isUnanswered ? _quietSince + terms.ForFinal : default);

    /// <summary>A turn as brains are told it.</summary>
    public static string Written(string said, string pressed) => pressed.Length == 0 ? said : $"{said} pressed {pressed}".TrimStart();

    public void OnVoice(bool isTalking, Instant now)
    {
        if (isTalking && !_isTalking) _talksSince = now;
        if (!isTalking && _isTalking) Talked += now - terms.VoicePause - _talksSince;
        _isTalking = isTalking;
        _hasSpokenSince |= isTalking;
        if (isTalking) _isUnanswered = true;
        else _quietSince = now - terms.VoicePause;
    }

    /// <returns>What of them is new: without those of a turn that is over.</returns>
    public string OnWords(string text, bool isFinal, Instant now)
    {
        _interim = "";
        var all = SpokenWords.Of(text);
        text = New(text, isFinal, now);
        if (TurnRules.IsNoise(text, IsDictation)) return text;
        // Words of a voice that nobody has noticed end where they come.
        if (!_isTalking && !_isUnanswered && _final.Length == 0) _quietSince = now;
        if (!isFinal) (_interim, _whole) = (text.Trim(), all);
        else if (_final.Length + text.Length < Limits.TurnCharacters) _final = _final.Length == 0 ? text.Trim() : $"{_final} {text.Trim()}";
        _isUnanswered = false;
        return text;
    }

    public void OnKey(char key, Instant now)
    {
        if (key == '#') _isKeyed = true;
        else if (_keys.Length < Limits.TurnKeys) _keys += key;
        if (_keys.Length >= MostKeys) _isKeyed = true;
        _keysDue = now + terms.BetweenKeys;
        // A terminator alone is nothing.
        if (_keys.Length == 0) _isKeyed = false;
    }

    /// <summary>The turn is over, or there was a voice and no words; else nothing.</summary>
    public TurnJudged Judge(Instant now)
    {
        if (NextDue > now) return TurnJudged.Open;
        if (!IsEmpty) return TurnJudged.Over;
        _isUnanswered = false;
        return TurnJudged.Unheard;
    }

    /// <summary>What was said is nobody's business any more; who talks goes on talking.</summary>
    public void Clear()
    {
        if (_interim.Length > 0) (_told, _toldUntil, _hasSpokenSince) = (_whole, _quietSince + LatestAgain, _isTalking);
        (_final, _interim, _keys, _isKeyed, _isUnanswered) = ("", "", "", false, _isTalking);
        _keysDue = default;
        Number++;
        Talked = TimeSpan.Zero;
    }

    private string New(string text, bool isFinal, Instant now)
    {
        var (told, words) = (_told, SpokenWords.Of(text));
        if (isFinal || now > _toldUntil) _told = [];
        if (told.Count == 0 || now > _toldUntil) return text;
        if (words.Take(told.Count).SequenceEqual(told))
            // The same and no more, behind a voice, is said once more; as long as it may change, more may come.
            return isFinal && _hasSpokenSince && words.Count == told.Count ? text : Behind(text, told.Count);
        // The same, heard better, where nobody has spoken since.
        if (!_hasSpokenSince && 2 * words.Count(word => told.Contains(word)) >= told.Count) return "";
        _told = [];
        return text;
    }

    /// <summary>What stands behind so many words: 1234 behind the third of "it is 555-1234".</summary>
    private static string Behind(string text, int words)
    {
        for (int end = 1; end <= text.Length; end++)
            if (SpokenWords.Of(text[..end]).Count > words) return text[(char.IsLowSurrogate(text[end - 1]) ? end - 2 : end - 1)..];
        return "";
    }
}

internal enum TurnJudged { Open, Over, Unheard }
