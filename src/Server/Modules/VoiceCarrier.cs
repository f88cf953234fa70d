using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Server.Modules;

/// <summary>Gives programs of this node the audio of legs that they talk on by voices of their own.</summary>
/// <param name="most">At a time.</param>
internal sealed class VoiceCarrier(IAudioTaps taps, VoiceLinks links, int most, SessionShares shares, TimeProvider time) : IAudioCarrier
{
    private readonly SessionSet<Voice> _voices = new(most, $"{most} voices are open, and the node carries no more",
        TimeSpan.FromSeconds(1), time, shares, left: static _ => { });

    public bool TryOpen(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        if (order is not VoiceOrder voice) return false;
        _voices.Open(order.Id, order.Leg.Tenant, why => Fail(links.Take(order.Id), why, tell), () => new(voice, tell, taps, links));
        return true;
    }

    public void Close(Guid id) => _voices.Close(id);

    public ValueTask DisposeAsync() => _voices.DisposeAsync();

    private static void Fail(IVoiceEnd? end, string why, Action<LiveAudioNews> tell)
    {
        end?.Close(why);
        tell(new LiveAudioNews.Ended(why));
    }

    private sealed class Voice(VoiceOrder order, Action<LiveAudioNews> tell, IAudioTaps taps, VoiceLinks links) : ICarrySession
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task RunAsync()
        {
            var end = links.Take(order.Id);
            if (end is null)
            {
                Fail(end, "whoever ordered it is gone", tell);
                return;
            }
            IAudioTap tap;
            try
            {
                tap = taps.Open(new(order.Id, TapTracks.Said, end.Rate) { InjectionRate = end.Rate });
            }
            catch (IOException)
            {
                Fail(end, "the node has no room for one more voice", tell);
                return;
            }
            using var _ = tap;
            tell(new LiveAudioNews.Connected(tap.Plan));
            end.Open(tap);
            await _closed.Task;
            end.Close(failure: null);
        }

        public void Close() => _closed.TrySetResult();
    }
}
