using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>Playbacks of which one begins in the tick in which another is over.</summary>
public sealed class FollowingPlaybackTests
{
    private static readonly Guid First = Guid.NewGuid(), Second = Guid.NewGuid(), Third = Guid.NewGuid();

    private readonly ShardWorld _world = new ShardWorld().Connected();

    public FollowingPlaybackTests()
    {
        // One tone in three files: where it breaks is heard.
        var tone = Signals.Sine(440, 8000, 3 * 160 * 50);
        for (int i = 0; i < 3; i++) _world.Files[$"{i}"] = ShardWorld.Encode("PCMU", tone.AsSpan(i * 160 * 50, 160 * 50).ToArray());
        _world.Tick(10);
    }

    private void Play(Guid id, string file, Guid behind = default) =>
        _world.Do(new MediaCommand.Play(_world.Port, id, file, 1) { Behind = behind });

    private byte[] Said(int from, int count) => [.. _world.Rtp[from..(from + count)].SelectMany(p => p.Payload.ToArray())];

    [Fact]
    public void What_waits_behind_a_playback_follows_it_to_the_sample()
    {
        Play(First, "0");
        _world.Tick(20);
        Play(Second, "1", behind: First);
        _world.Tick(40);
        Play(Third, "2", behind: Second);
        _world.Tick(100);
        Assert.Equal([.. _world.Files["0"], .. _world.Files["1"], .. _world.Files["2"]], Said(10, 150));
        Assert.Equal([First, Second, Third], Ended());
    }

    [Fact]
    public void What_comes_too_late_begins_at_once()
    {
        Play(First, "0");
        _world.Tick(60);
        Play(Second, "1", behind: First);
        _world.Tick(60);
        Assert.Equal(_world.Files["1"], Said(70, 50));
    }

    [Fact]
    public void Stopping_the_one_that_plays_forgets_the_one_that_waits()
    {
        Play(First, "0");
        Play(Second, "1", behind: First);
        _world.Tick(20);
        _world.Do(new MediaCommand.StopPlay(_world.Port, First));
        _world.Tick(20);
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", _world.Rtp[30..])));
        Assert.Equal([First], Ended());
    }

    [Fact]
    public void One_that_waits_can_be_taken_back_and_another_takes_its_place()
    {
        Play(First, "0");
        Play(Second, "1", behind: First);
        _world.Do(new MediaCommand.StopPlay(_world.Port, Second));
        _world.Tick(60);
        Assert.Equal([First], Ended());
        Play(Second, "1");
        Play(Third, "2", behind: Second);
        _world.Tick(10);
        Play(First, "0");
        _world.Tick(60);
        Assert.Equal([First, Second, First], Ended());
    }

    [Fact]
    public void A_file_that_cannot_be_played_ends_without_the_one_behind_it()
    {
        Play(First, "missing");
        Play(Second, "1", behind: First);
        _world.Tick(100);
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", _world.Rtp)));
        Assert.Equal([First], Ended());
    }

    private IEnumerable<Guid> Ended() => _world.Events.OfType<MediaEvent.PlayEnded>().Select(e => e.Id);
}
