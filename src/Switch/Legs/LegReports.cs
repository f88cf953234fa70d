using Ringwright.Calls;

namespace Ringwright.Switch.Legs;

/// <summary>What a leg says about its own life; activities speak for themselves.</summary>
internal sealed class LegReports(Leg leg)
{
    public void Ringing(int status) => leg.Emit(new CallEvent.LegRinging(status) { Leg = leg.Facts, At = leg.Now });

    public void Answered() =>
        leg.Emit(new CallEvent.LegAnswered { Leg = leg.Facts, At = leg.Now, Codec = leg.Media.Codec, SampleRate = leg.Media.SampleRate });

    public void Held(bool isHeld) => leg.Emit(new CallEvent.LegHeld(isHeld) { Leg = leg.Facts, At = leg.Now });

    public void LabelsChanged() => leg.Emit(new CallEvent.LabelsChanged { Leg = leg.Facts, At = leg.Now });

    /// <summary>The last event of the leg.</summary>
    public void Ended(Ending ending) => leg.Emit(new CallEvent.LegEnded
    {
        Leg = leg.Facts,
        At = leg.Now,
        Cause = ending.Cause,
        By = ending.By,
        SipStatus = ending.SipStatus,
        Quality = leg.Facts.AnsweredAt is null ? null : leg.Media.Quality,
        Evidence = ending.Evidence,
    });
}
