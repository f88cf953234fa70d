using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// One recording of a leg, or conference: media makes it, and says when it is over. Then, once, it goes to be kept; what comes of that is
/// told later.
/// </summary>
internal sealed class Record(IRecordHost host, RecordPlan plan)
{
    private readonly Instant _askedAt = host.Now;

    public Guid Id => plan.Id;
    public bool IsEnded { get; private set; }
    public bool EndsBySilence => plan.SilenceLimit is not null && !IsEnded;

    public void Start()
    {
        host.Emit(new CallEvent.RecordingStarted(plan) { Leg = host.Facts, At = host.Now });
        host.Post(new MediaCommand.StartRecord(host.Port, plan));
    }

    public void Pause(bool isSilent) => host.Post(new MediaCommand.PauseRecord(host.Port, Id, isSilent));

    public void Resume() => host.Post(new MediaCommand.ResumeRecord(host.Port, Id));

    /// <summary>Media answers that it is over.</summary>
    public void Stop() => host.Post(new MediaCommand.StopRecord(host.Port, Id));

    public void On(MediaEvent.RecordEnded ended)
    {
        // One that ended before its first tick never had a beginning.
        var startedAt = ended.StartedAt == default ? _askedAt : ended.StartedAt;
        End(ended.Reason, startedAt, Instant.Max(startedAt, ended.EndedAt));
    }

    /// <summary>The leg is gone and media never said anything.</summary>
    public void GiveUp() => End(RecordEndReason.Hangup, _askedAt, host.Now);

    private void End(RecordEndReason reason, Instant startedAt, Instant endedAt)
    {
        if (IsEnded) return;
        IsEnded = true;
        host.Keep(new(host.Facts, plan, reason, startedAt, endedAt, host.Now));
    }
}
