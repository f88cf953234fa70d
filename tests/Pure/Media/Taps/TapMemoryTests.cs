using Ringwright.Calls;
using Ringwright.Media.Taps;
using Ringwright.Testing;

namespace Ringwright.Pure.Media.Taps;

/// <summary>The memory between two ends that never wait for each other.</summary>
public sealed class TapMemoryTests
{
    private static readonly TapPlan Plan = new(new(1, 2, 3, new byte[8]), TapTracks.Said, 8_000) { InjectionRate = 8_000 };

    private static TapMemory Memory(TapPlan? plan = null) => new(plan ?? Plan, new byte[TapMemory.BytesFor(plan ?? Plan)]);

    [Theory]
    [InlineData(8_000, TapTracks.Said, null)]
    [InlineData(48_000, TapTracks.Said | TapTracks.Heard, 24_000)]
    [InlineData(16_000, TapTracks.None, 16_000)]
    public void It_fits_its_plan_to_the_byte(int rate, TapTracks tracks, int? injection)
    {
        var plan = Plan with { SampleRate = rate, Tracks = tracks, InjectionRate = injection };
        Assert.Throws<ArgumentOutOfRangeException>(() => new TapMemory(plan, new byte[TapMemory.BytesFor(plan) - 1]));
        var memory = Memory(plan);
        Assert.Equal(rate / 50, memory.FrameSamples);
        if (tracks is not TapTracks.None)
        {
            short[] last = [.. Enumerable.Repeat((short)7, memory.FrameSamples)], read = new short[memory.FrameSamples];
            for (int i = 0; i < 100; i++) memory.PutFrame(TapTracks.Said, i, last);
            Assert.True(memory.TryGetFrame(99, read, out var frame));
            Assert.Equal((99, last.Length), (frame.Milliseconds, frame.Samples));
            Assert.Equal(last, read);
        }
        Assert.Equal(injection ?? 0, memory.Write(new short[100_000]));
        Assert.Equal(0, memory.Room);
    }

    [Fact]
    public void What_nobody_reads_is_written_over_and_the_oldest_that_is_left_is_whole()
    {
        var memory = Memory();
        var read = new short[160];
        for (int i = 0; i < 70; i++) memory.PutFrame(TapTracks.Said, i, [.. Enumerable.Repeat((short)i, 160)]);
        Assert.Equal(20, memory.Oldest);
        Assert.False(memory.TryGetFrame(19, read, out _));
        Assert.True(memory.TryGetFrame(20, read, out var frame));
        Assert.Equal(20, frame.Milliseconds);
        Assert.All(read, sample => Assert.Equal(20, sample));
        Assert.False(memory.HasFrame(70));
    }

    [Fact]
    public void A_mark_is_reached_with_the_last_sample_before_it_and_at_once_when_there_is_none()
    {
        var memory = Memory();
        Assert.True(memory.TryMark(9));
        memory.ReachMarks();
        Assert.Equal(1, memory.Reached);
        Assert.Equal(9, memory.NumberOf(0));

        memory.Write(new short[200]);
        Assert.True(memory.TryMark(8));
        memory.Read(new short[160]);
        memory.ReachMarks();
        Assert.Equal(1, memory.Reached);
        memory.Read(new short[40]);
        memory.ReachMarks();
        Assert.Equal(2, memory.Reached);
        Assert.Equal(8, memory.NumberOf(1));
    }

    [Fact]
    public void What_is_cleared_is_passed_over_and_its_marks_are_reached_and_what_follows_stays()
    {
        var memory = Memory();
        memory.Write(new short[4_000]);
        memory.TryMark(1);
        memory.Clear();
        memory.Write([.. Enumerable.Repeat((short)5, 160)]);
        memory.TryMark(2);
        Assert.Equal(160, memory.Waiting());
        memory.ReachMarks();
        Assert.Equal(1, memory.Reached);
        var read = new short[160];
        memory.Read(read);
        Assert.All(read, sample => Assert.Equal(5, sample));
        memory.ReachMarks();
        Assert.Equal(2, memory.Reached);
        Assert.Equal(8_000, memory.Room);
    }

    [Fact]
    public void No_more_marks_are_taken_than_it_holds()
    {
        var memory = Memory();
        memory.Write(new short[160]);
        for (int i = 0; i < TapMemory.Marks; i++) Assert.True(memory.TryMark(i));
        Assert.False(memory.TryMark(-1));
        memory.Read(new short[160]);
        memory.ReachMarks();
        Assert.Equal(TapMemory.Marks, memory.Reached);
        Assert.True(memory.TryMark(-1));
    }

    [Theory, Seeds(10)]
    public async Task Two_ends_in_two_threads_never_see_half_a_frame_or_a_sample_twice(ulong seed)
    {
        var memory = Memory();
        // More of them while the reader's thread has not had its turn: what is never read at the same time shows nothing.
        const int frames = 20_000, most = 100 * frames, enough = 50;
        long seen = 0;
        var tick = Task.Run(() =>
        {
            var samples = new short[160];
            var read = new short[160];
            short expected = 0;
            for (int i = 0; i < frames || i < most && Volatile.Read(ref seen) <= enough; i++)
            {
                samples.AsSpan().Fill((short)i);
                memory.PutFrame(TapTracks.Said, i, samples);
                int count = Math.Min(160, memory.Waiting());
                memory.Read(read.AsSpan(0, count));
                foreach (short sample in read.AsSpan(0, count)) Assert.Equal(expected++, sample);
                if ((uint)i * 2654435761 % 16 < seed % 16) Thread.Yield();
            }
        }, TestContext.Current.CancellationToken);

        var into = new short[160];
        long next = 0;
        short written = 0;
        while (!tick.IsCompleted || memory.HasFrame(next))
        {
            var more = new short[(int)(seed % 97) + 1];
            short at = written;
            for (int i = 0; i < more.Length; i++) more[i] = at++;
            written += (short)memory.Write(more);
            if (!memory.HasFrame(next))
            {
                // On one core a reader that spins would keep the writer from writing for its whole turn.
                Thread.Yield();
                continue;
            }
            if (!memory.TryGetFrame(next, into, out var frame))
            {
                next = memory.Oldest;
                continue;
            }
            Assert.Equal(next, frame.Milliseconds);
            Assert.DoesNotContain(into, sample => sample != (short)next);
            next++;
            Volatile.Write(ref seen, seen + 1);
        }
        await tick;
        Assert.True(seen > enough, $"{seen} frames were read");
    }
}
