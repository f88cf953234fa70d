using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>How somebody interrupts what is said to him (5.4).</summary>
public sealed record BargeInTerms
{
    public static readonly BargeInTerms Usual = new();

    /// <summary>False: nothing that is said is interrupted, and what is said meanwhile is the next turn.</summary>
    public bool IsEnabled { get; init; } = true;
    /// <summary>The same for the greeting alone.</summary>
    public bool ProtectsGreeting { get; init; }
    /// <summary>Whether <see cref="ConversationInput.Cut"/> interrupts; and whether it does the greeting.</summary>
    public bool IsCuttable { get; init; } = true;
    /// <inheritdoc cref="IsCuttable"/>
    public bool IsGreetingCuttable { get; init; } = true;
    /// <summary>Of voice, until what is said pauses.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);
    /// <summary>Of unbroken voice, until it is over.</summary>
    public TimeSpan Confirm { get; init; } = TimeSpan.FromMilliseconds(700);
    /// <summary>Behind a voice that was nothing, until what was said goes on.</summary>
    public TimeSpan Resume { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The same, where a voice without words lasts so many times as long before it pauses what is said, or is over it.</summary>
    public BargeInTerms Lasting(int times) => this with { Pause = Pause * times, Confirm = Confirm * times };
}

/// <summary>
/// A voice over what is being said: it pauses, and then either somebody really interrupts or it goes on where it was. Fed only while
/// something is said that may be interrupted.
/// </summary>
internal sealed class BargeIn(BargeInTerms terms, TurnTerms turns, string language)
{
    private Instant _pauseDue = Instant.Never, _confirmDue = Instant.Never, _resumeDue = Instant.Never;

    public bool IsPaused { get; private set; }

    public Instant NextDue => Instant.Min(_pauseDue, Instant.Min(_confirmDue, _resumeDue));

    public void OnVoice(bool isTalking, Instant now)
    {
        var began = now - turns.VoiceOnset;
        (_pauseDue, _confirmDue) = isTalking
            ? (IsPaused ? Instant.Never : began + terms.Pause, began + terms.Confirm)
            : (Instant.Never, Instant.Never);
        _resumeDue = !isTalking && IsPaused ? now - turns.VoicePause + terms.Resume : Instant.Never;
    }

    /// <param name="isQuestion">What is said ends with a question: then a mere "yes" is an answer.</param>
    /// <returns>True when they interrupt.</returns>
    public bool IsConfirmedBy(string text, bool isQuestion) =>
        // Said again and again it looks like what recognisers write in silence.
        Acknowledgements.Halts(text, language)
        || !TurnRules.IsNoise(text) && (isQuestion || !Acknowledgements.IsOnly(text, language));

    /// <summary>Until it says <see cref="BargeInStep.None"/>.</summary>
    public BargeInStep OnDue(Instant now)
    {
        if (_confirmDue <= now)
        {
            Reset();
            return BargeInStep.Interrupt;
        }
        if (_pauseDue <= now)
        {
            (_pauseDue, IsPaused) = (Instant.Never, true);
            return BargeInStep.Pause;
        }
        if (_resumeDue > now) return BargeInStep.None;
        Reset();
        return BargeInStep.Resume;
    }

    /// <summary>Nothing is said any more.</summary>
    public void Reset() =>
        (IsPaused, _pauseDue, _confirmDue, _resumeDue) = (false, Instant.Never, Instant.Never, Instant.Never);
}

internal enum BargeInStep { None, Pause, Interrupt, Resume }
