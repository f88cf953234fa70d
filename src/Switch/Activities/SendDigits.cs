using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>Sends digits, one command after another. Has no events.</summary>
internal sealed class SendDigits(IActivityHost host)
{
    private readonly Queue<LegCommand.SendDigits> _waiting = new();
    private Guid? _running;

    public bool HasRoom => _waiting.Count < Limits.QueuedDigits;

    public void Start(LegCommand.SendDigits command)
    {
        _waiting.Enqueue(command);
        Advance();
    }

    public void OnDigitsSent(Guid id)
    {
        if (_running != id) return;
        _running = null;
        Advance();
    }

    public void Stop()
    {
        _waiting.Clear();
        _running = null;
    }

    private void Advance()
    {
        if (_running is not null || !_waiting.TryDequeue(out var next)) return;
        var id = host.NewId();
        _running = id;
        host.Post(new MediaCommand.SendDigits(host.Port, id, next.Digits, next.DigitMilliseconds));
    }
}
