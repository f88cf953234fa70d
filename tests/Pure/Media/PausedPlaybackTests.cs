using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>A playback that keeps its place.</summary>
public sealed class PausedPlaybackTests
{
    private static readonly Guid Id = Guid.NewGuid();

    private readonly ShardWorld _world = new ShardWorld().Connected();

    public PausedPlaybackTests()
    {
        _world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(440, 8000, 160 * 50));
        _world.Tick(10);
        _world.Do(new MediaCommand.Play(_world.Port, Id, "f", 1));
        _world.Tick(20);
    }

    private void Pause(bool isOn, Guid? id = null) => _world.Do(new MediaCommand.PausePlay(_world.Port, id ?? Id, isOn));

    private byte[] Said(int from, int count) => [.. _world.Rtp[from..(from + count)].SelectMany(p => p.Payload.ToArray())];

    private int Ended => _world.Events.OfType<MediaEvent.PlayEnded>().Count();

    [Fact]
    public void It_is_silent_at_the_next_tick_and_goes_on_to_the_sample()
    {
        Pause(isOn: true);
        _world.Tick(15);
        Pause(isOn: false);
        _world.Tick(40);
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", _world.Rtp[30..45])));
        byte[] said = [.. Said(10, 20), .. Said(45, 30)];
        Assert.Equal(_world.Files["f"], said);
        Assert.Equal(1, Ended);
    }

    [Fact]
    public void It_does_not_end_while_it_is_paused()
    {
        Pause(isOn: true);
        _world.Tick(200);
        Assert.Equal(0, Ended);
        _world.Do(new MediaCommand.StopPlay(_world.Port, Id));
        Assert.Equal(1, Ended);
    }

    [Fact]
    public void The_next_one_is_not_paused()
    {
        Pause(isOn: true);
        _world.Do(new MediaCommand.Play(_world.Port, Guid.NewGuid(), "f", 1));
        _world.Tick(50);
        Assert.Equal(_world.Files["f"], Said(30, 50));
    }

    [Fact]
    public void A_pause_of_another_one_changes_nothing()
    {
        Pause(isOn: true, Guid.NewGuid());
        _world.Tick(30);
        Assert.Equal(_world.Files["f"], Said(10, 50));
    }
}
