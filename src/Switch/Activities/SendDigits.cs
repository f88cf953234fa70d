using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>Sends digits in the leg's way, one command after another: by media, or by INFO. Has no events.</summary>
internal sealed class SendDigits(IActivityHost host)
{
    /// <summary>Of a bridged peer's key, whose own length is not known when it begins.</summary>
    private const int PassedMilliseconds = 100;

    private readonly Queue<LegCommand.SendDigits> _waiting = new();
    private Guid? _running;
    private InfoKeys? _keys;

    public bool HasRoom => _waiting.Count < CallLimits.QueuedDigits;

    public Instant NextDue => _keys?.NextDue ?? Instant.Never;

    public void Start(LegCommand.SendDigits command)
    {
        _waiting.Enqueue(command);
        Advance();
    }

    /// <summary>A bridged peer pressed a key; it is lost where too much waits already.</summary>
    public void Pass(char key)
    {
        if (HasRoom) Start(new(key.ToString(), PassedMilliseconds));
    }

    public void OnDigitsSent(Guid id)
    {
        if (_running == id) Finish();
    }

    public void OnDue() => _keys?.OnDue();

    public void Stop()
    {
        _waiting.Clear();
        _keys?.Stop();
        (_running, _keys) = (null, null);
    }

    private void Finish()
    {
        (_running, _keys) = (null, null);
        Advance();
    }

    private void Advance()
    {
        if (_running is not null || !_waiting.TryDequeue(out var next)) return;
        var id = host.NewId();
        _running = id;
        if (host.Digits is not DigitMethod.Info)
        {
            host.Post(new MediaCommand.SendDigits(host.Port, id, next.Digits, next.DigitMilliseconds));
            return;
        }
        _keys = new(host, next.Digits, next.DigitMilliseconds, Finish);
        _keys.Start();
    }
}
