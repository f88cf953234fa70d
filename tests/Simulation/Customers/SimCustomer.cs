namespace Ringwright.Simulation;

/// <summary>An application: for each webhook, what it does. Without a line for an event it does nothing.</summary>
internal sealed class SimCustomer(SimApi api)
{
    private readonly List<(string Event, Action<SimWebhook, SimApi> Act)> _lines = [];

    public SimApi Api { get; } = api;

    public SimCustomer On(string name, Action<SimWebhook, SimApi> act)
    {
        _lines.Add((name, act));
        return this;
    }

    public void Receive(SimWebhook webhook)
    {
        foreach (var (name, act) in _lines)
            if (name == webhook.Name) act(webhook, Api);
    }
}
