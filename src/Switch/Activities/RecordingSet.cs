using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The recordings of one leg, or conference. Unlike other activities they outlast the hang-up by a moment: their last audio is still on
/// its way.
/// </summary>
internal sealed class RecordingSet(IRecordHost host)
{
    private readonly List<Record> _running = [];
    /// <summary>Those that are over: to stop one of them again is no mistake of the customer's.</summary>
    private readonly HashSet<Guid> _ended = [];

    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.RecordStart or LegCommand.Answer { Record: not null } or LegCommand.Bridge { Record: not null })
            return Room;
        if (command is LegCommand.RecordPause pause) return Has(pause.Recording);
        if (command is LegCommand.RecordResume resume) return Has(resume.Recording);
        return command is LegCommand.RecordStop stop ? HasOrHad(stop.Recording) : Refusal.None;
    }

    /// <summary>One that runs listens for silence.</summary>
    public bool EndsBySilence => _running.Exists(record => record.EndsBySilence);

    public bool IsAny => _running.Count > 0;

    /// <summary>None when one more may be begun.</summary>
    public Refusal Room => _running.Count < CallLimits.Recordings ? Refusal.None : Refusal.TooManyRecordings;

    /// <summary>None when it runs; when any does, for null.</summary>
    public Refusal Has(Guid? id) => _running.Exists(record => id is null || record.Id == id) ? Refusal.None : Refusal.NotRecording;

    /// <summary>The same of what may be stopped.</summary>
    public Refusal HasOrHad(Guid? id)
    {
        bool isOver = id is { } one ? _ended.Contains(one) : _ended.Count > 0;
        return isOver ? Refusal.None : Has(id);
    }

    public void Start(RecordPlan? plan)
    {
        if (plan is null) return;
        var record = new Record(host, plan);
        _running.Add(record);
        record.Start();
    }

    public void Pause(Guid? id, bool isSilent) => Do(id, record => record.Pause(isSilent));

    public void Resume(Guid? id) => Do(id, record => record.Resume());

    public void Stop(Guid? id) => Do(id, record => record.Stop());

    public void On(MediaEvent.RecordEnded ended)
    {
        if (_running.Find(record => record.Id == ended.Id) is not { } over) return;
        over.On(ended);
        _running.Remove(over);
        _ended.Add(over.Id);
    }

    /// <summary>The last moment of the leg: what media has not ended by now it never will.</summary>
    public void GiveUp()
    {
        Do(null, record => record.GiveUp());
        _running.Clear();
    }

    private void Do(Guid? id, Action<Record> act)
    {
        foreach (var record in _running)
            if (id is null || record.Id == id) act(record);
    }
}
