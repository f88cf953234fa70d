using Ringwright.Calls;
using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;

namespace Ringwright.Server.Nodes;

/// <summary>
/// <c>--media inline</c>: audio inside the node's own process, where a garbage collection may cost a listener some frames.
/// </summary>
internal sealed class InlineMedia(InlineMediaHost host) : INodeMedia
{
    public IMediaPlane Plane => host;
    public IRecordingFiles Files => host.Recordings;
    public IAudioTaps Taps => host.Taps;
    public bool IsUp => true;
    public bool HasOpus => Codecs.HasOpus;
    public bool IsAtRest => host.IsAtRest;
    public int? ProcessId => null;

    public Task ReadyAsync(CancellationToken stop)
    {
        try
        {
            host.Start();
            return Task.CompletedTask;
        }
        catch (IOException failed)
        {
            throw new StartRefused($"--rtp: {failed.Message}", failed);
        }
    }

    public void Stay() { }

    public ValueTask DisposeAsync()
    {
        host.Dispose();
        return ValueTask.CompletedTask;
    }
}
