using Ringwright.MediaHost;

namespace Ringwright.Edge.MediaHost;

/// <summary>What waits for a disk that stands still.</summary>
public sealed class RecordBacklogTests : IDisposable
{
    private const long Most = 10_000;
    private readonly RecordBuffers _buffers = new(1 << 20);
    private readonly List<short> _taken = [];
    private readonly List<(int At, long Length)> _gaps = [];

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void What_is_added_is_taken_in_its_order()
    {
        var backlog = new RecordBacklog(_buffers);
        for (int round = 0; round < 20; round++)
        {
            Assert.True(backlog.Add(Numbers(round * 777, 777), Most));
            if (round % 3 == 0) Take(backlog);
        }
        Take(backlog);
        Assert.Equal(Numbers(0, 20 * 777), _taken);
        Assert.Empty(_gaps);
    }

    [Fact]
    public void Beyond_the_limit_there_is_one_gap_until_all_that_waited_is_taken()
    {
        var backlog = new RecordBacklog(_buffers);
        Assert.True(backlog.Add(Numbers(0, 9_000), Most));
        Assert.False(backlog.Add(Numbers(9_000, 2_000), Most));     // said once
        Assert.True(backlog.Add(Numbers(11_000, 500), Most));       // there would be room for it, but not behind the gap
        backlog.AddGap(100);
        Take(backlog);
        Assert.True(backlog.Add(Numbers(11_600, 300), Most));
        backlog.Complete();
        Take(backlog);
        Assert.Equal([(9_000, 2_600)], _gaps);
        Assert.Equal([.. Numbers(0, 9_000), .. Numbers(11_600, 300)], _taken);
        Assert.True(backlog.IsComplete);
    }

    [Fact]
    public void All_recordings_together_have_a_limit_too_and_what_one_gives_back_another_takes()
    {
        using var buffers = new RecordBuffers(2 * SampleBlock.Bytes);
        RecordBacklog one = new(buffers), other = new(buffers);
        Assert.True(one.Add(Numbers(0, 2 * SampleBlock.Samples), Most));
        Assert.False(other.Add(Numbers(0, 10), Most));
        one.Close();
        Assert.True(one.Add(Numbers(0, 10), Most));     // nobody takes it any more
        Assert.False(one.TryTake(out _));
        Take(other);
        Assert.Equal([(0, 10)], _gaps);
        Assert.True(other.Add(Numbers(0, 10), Most));
    }

    private void Take(RecordBacklog backlog)
    {
        while (backlog.TryTake(out var piece))
        {
            if (piece.Block is not { } block)
            {
                _gaps.Add((_taken.Count, piece.Gap));
                continue;
            }
            _taken.AddRange(block.Written);
            _buffers.Return(block);
        }
    }

    private static short[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (short)i)];
}
