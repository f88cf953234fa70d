using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The recordings of one leg. Unlike its other activities they outlast the hang-up by a moment: their last audio is still on its way.
/// </summary>
internal sealed class LegRecordings(IActivityHost host)
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
        if (command is not LegCommand.RecordStop { Recording: var stopped }) return Refusal.None;
        bool isOver = stopped is { } id ? _ended.Contains(id) : _ended.Count > 0;
        return isOver ? Refusal.None : Has(stopped);
    }

    public void Start(RecordPlan? plan)
    {
        if (plan is null) return;
        var record = new Record(host, plan);
        _running.Add(record);
        record.Start();
    }

    public void Pause(Guid? id) => Do(id, record => record.Pause());

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

    private Refusal Room => _running.Count < Limits.Recordings ? Refusal.None : Refusal.Overloaded;

    private Refusal Has(Guid? id) => _running.Exists(record => id is null || record.Id == id) ? Refusal.None : Refusal.NotRecording;

    private void Do(Guid? id, Action<Record> act)
    {
        foreach (var record in _running)
            if (id is null || record.Id == id) act(record);
    }
}
