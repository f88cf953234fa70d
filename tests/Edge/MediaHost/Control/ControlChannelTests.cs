using System.Collections.Concurrent;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost.Control;

namespace Ringwright.Edge.MediaHost.Control;

public sealed class ControlChannelTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SocketPair _sockets = new();
    private readonly BlockingCollection<int> _got = [];
    private readonly TaskCompletionSource<string> _nearClosed = new(TaskCreationOptions.RunContinuationsAsynchronously),
        _farClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ControlChannel? _near, _far;

    public void Dispose()
    {
        _near?.Dispose();
        _far?.Dispose();
        _sockets.Dispose();
        _got.Dispose();
    }

    [Fact]
    public void Frames_arrive_in_the_order_in_which_they_were_sent()
    {
        Start();
        for (int i = 0; i < 3_000; i++) Assert.True(_near!.TrySend((0, i), PortFrames.Bind));
        for (int i = 0; i < 3_000; i++) Assert.Equal(i, Next());
    }

    [Fact]
    public async Task A_far_end_that_reads_nothing_counts_as_dead_when_no_more_can_wait()
    {
        _near = new(_sockets.Near, new(), Nothing, reason => _nearClosed.TrySetResult(reason));
        _near.Start();
        int taken = 0;
        while (_near.TrySend((0, taken), PortFrames.Bind)) taken++;
        Assert.True(taken > ControlChannel.MostWaiting, "what the system keeps comes on top");
        Assert.Equal("it took no more messages", await _nearClosed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(_near.TrySend((0, 0), PortFrames.Bind));
    }

    [Fact]
    public void What_waits_goes_out_when_the_far_end_reads_again()
    {
        _near = new(_sockets.Near, new(), Nothing, _ => { });
        _near.Start();
        int sent = 0;
        while (_near.TrySendWhenIdle((0, sent), PortFrames.Bind)) sent++;
        for (int more = 0; more < 1_000; more++) Assert.True(_near.TrySend((0, sent++), PortFrames.Bind));
        _far = new(_sockets.Far, new(), Take, _ => { });
        _far.Start();
        for (int i = 0; i < sent; i++) Assert.Equal(i, Next());
    }

    [Fact]
    public void What_is_sent_together_arrives_as_it_would_one_by_one_also_when_it_has_to_wait()
    {
        _near = new(_sockets.Near, new(), Nothing, _ => { });
        _near.Start();
        int sent = 0;
        // Of the last that finds room the socket takes a part.
        for (bool hasRoom = true; hasRoom;)
        {
            SendTogether();
            hasRoom = _near.TrySendWhenIdle((0, sent), PortFrames.Bind);
            if (hasRoom) sent++;
        }
        SendTogether();
        _far = new(_sockets.Far, new(), Take, _ => { });
        _far.Start();
        for (int i = 0; i < sent; i++) Assert.Equal(i, Next());

        void SendTogether()
        {
            (int, int)[] frames = [.. Enumerable.Range(sent, 100).Select(i => (0, i))];
            Assert.True(_near!.SendAll(frames, PortFrames.Bind, Patience));
            sent += frames.Length;
        }
    }

    [Fact]
    public async Task The_end_of_the_far_end_is_told_once()
    {
        Start();
        _far!.Dispose();
        Assert.Equal("its socket was closed", await _nearClosed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(_farClosed.Task.IsCompleted, "who closes it need not be told");
        Assert.False(_near!.Send((0, 1), PortFrames.Bind, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Silence_beyond_the_limit_closes_it()
    {
        _near = new(_sockets.Near, new() { SilenceLimit = TimeSpan.FromMilliseconds(50) }, Nothing,
            reason => _nearClosed.TrySetResult(reason));
        _near.Start();
        Assert.Equal("nothing was heard of it for 0.1 s",
            await _nearClosed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]                     // no kind
    [InlineData(0xFF, 0xFF, 0xFF, 0x7F)]         // longer than any
    [InlineData(0xFF, 0xFF, 0xFF, 0xFF)]         // negative
    [InlineData(2, 0, 0, 0, 0, 0)]               // kind 0
    [InlineData(5, 0, 0, 0, 33, 1, 2, 3, 4)]     // whole, and refused by the taker
    public async Task What_is_no_message_closes_it(params int[] bytes)
    {
        _near = new(_sockets.Near, new(), Nothing, reason => _nearClosed.TrySetResult(reason));
        _near.Start();
        _sockets.Far.Send([.. bytes.Select(b => (byte)b)]);
        Assert.Equal("it sent what is no message", await _nearClosed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_taker_that_throws_closes_it_and_not_the_program()
    {
        _near = new(_sockets.Near, new(), (FrameKind _, ref FrameReader _) => throw new InvalidOperationException("a bug"),
            reason => _nearClosed.TrySetResult(reason));
        _near.Start();
        _sockets.Far.Send([1, 0, 0, 0, 1]);
        Assert.Contains("a bug", await _nearClosed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Noise_of_any_kind_closes_it_and_not_the_program()
    {
        var random = new Random(4);
        for (int i = 0; i < 200; i++)
        {
            using var sockets = new SocketPair();
            var closed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var channel = new ControlChannel(sockets.Near, new(), (FrameKind kind, ref FrameReader fields) =>
                CommandFrames.Read(kind, ref fields) is not null && fields.IsWhole, reason => closed.TrySetResult(reason));
            channel.Start();
            byte[] noise = new byte[random.Next(5, 400)];
            random.NextBytes(noise);
            // Half of them begin like a frame of their length.
            if (i % 2 == 0) BitConverter.TryWriteBytes(noise, noise.Length - sizeof(int));
            sockets.Far.Send(noise);
            sockets.Far.Shutdown(SocketShutdown.Both);
            Assert.NotEmpty(await closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }
    }

    private void Start()
    {
        _near = new(_sockets.Near, new(), Nothing, reason => _nearClosed.TrySetResult(reason));
        _far = new(_sockets.Far, new(), Take, reason => _farClosed.TrySetResult(reason));
        _near.Start();
        _far.Start();
    }

    private static bool Nothing(FrameKind kind, ref FrameReader fields) => false;

    private bool Take(FrameKind kind, ref FrameReader fields)
    {
        _got.Add(PortFrames.Bind(ref fields).Pairs);
        return kind is FrameKind.Bind && fields.IsWhole;
    }

    private int Next() => _got.TryTake(out int got, Patience) ? got : throw new TimeoutException("No frame came.");
}
