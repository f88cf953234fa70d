using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The digits of one command as SIP INFOs: each goes out when the one before is answered and its time is over.
/// A party that refuses one gets no more.
/// </summary>
internal sealed class InfoKeys(IActivityHost host, string digits, int milliseconds, Action ended)
{
    /// <summary>Between the end of a key and the next one, as between keys in the audio.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    private int _position;
    private bool _isAnswerAwaited, _isStopped;

    /// <summary>The end of the key or pause that lasts.</summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    public void Start() => Advance();

    public void OnDue()
    {
        if (NextDue > host.Now) return;
        NextDue = Instant.Never;
        if (!_isAnswerAwaited) Advance();
    }

    /// <summary>Nobody is told: an answer that still comes says nothing any more.</summary>
    public void Stop() => (_isStopped, NextDue) = (true, Instant.Never);

    private void Advance()
    {
        if (_position == digits.Length)
        {
            End();
            return;
        }
        char symbol = digits[_position++];
        if (symbol is 'w' or 'W')
        {
            NextDue = host.Now + TimeSpan.FromMilliseconds(symbol is 'w' ? 500 : 1_000);
            return;
        }
        if (!host.TryInform(symbol, milliseconds, OnAnswered))
        {
            End();
            return;
        }
        _isAnswerAwaited = true;
        NextDue = host.Now + TimeSpan.FromMilliseconds(milliseconds) + Gap;
    }

    private void OnAnswered(bool isTaken)
    {
        if (_isStopped) return;
        _isAnswerAwaited = false;
        if (!isTaken) End();
        else if (NextDue == Instant.Never) Advance();
    }

    private void End()
    {
        Stop();
        ended();
    }
}
