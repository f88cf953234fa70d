namespace Ringwright.Bench.Driving;

/// <summary>Datagrams and their payload bytes as the node sees them: <c>In</c> of the driver is what the node sent.</summary>
internal sealed class TrafficCount
{
    public long Received { get; private set; }
    public long ReceivedBytes { get; private set; }
    public long Sent { get; private set; }
    public long SentBytes { get; private set; }

    public void In(int bytes)
    {
        Received++;
        ReceivedBytes += bytes;
    }

    public void Out(int bytes)
    {
        Sent++;
        SentBytes += bytes;
    }
}
