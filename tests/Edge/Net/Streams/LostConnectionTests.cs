using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Net.Streams;
using Ringwright.Sip.Transactions;

namespace Ringwright.Edge.Net.Streams;

/// <summary>A connection that ends at the one moment when its writer has a message that is neither queued nor written.</summary>
public sealed class LostConnectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_writer_held_when_the_connection_ended_goes_by_another()
    {
        await using var rig = new EngineRig();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var listens = listener;
        await using var owner = new StreamTransport(new(), new(rig, null), _ => true, (_, _, _) => ValueTask.FromResult(Welcome.LetIn),
            NullLogger.Instance, TimeProvider.System);
        var flow = new SipFlow(SipTransport.Tcp, (IPEndPoint)listener.LocalEndpoint) { Id = new(77) };
        var connection = new StreamConnection(owner, flow, new(), isOutgoing: true);
        await using var stream = new ScriptedStream();
        var running = connection.RunAsync(_ => Task.FromResult<Stream>(stream));

        // The writer stands in a first write while a keep-alive comes; the message after it waits for the pong, which never gets out.
        Assert.True(connection.TrySend(Message(flow, "SIP/2.0 180 Ringing")));
        await stream.WriteBegan();
        Assert.True(connection.TrySend(Message(flow, "SIP/2.0 200 OK")));
        stream.Says("\r\n\r\n"u8.ToArray());
        await stream.Heard();
        stream.LetWriteGo();
        await stream.WriteBegan();
        stream.Break();

        await using var again = await StreamPeer.AcceptAsync(listener);
        await again.HearAsync("SIP/2.0 200");
        await running;
    }

    [Fact]
    public async Task What_has_no_address_goes_by_its_own_connection_or_not_at_all()
    {
        await using var rig = new EngineRig();
        await using var owner = new StreamTransport(new(), new(rig, null), _ => true, (_, _, _) => ValueTask.FromResult(Welcome.LetIn),
            NullLogger.Instance, TimeProvider.System);
        Assert.False(owner.TrySend(Message(new SipFlow(SipTransport.Tcp, null) { Id = new(77) }, "SIP/2.0 200 OK")));
        Assert.Equal(0, owner.Count);
    }

    [Fact]
    public async Task A_connection_of_ours_that_was_up_and_is_gone_is_told_and_one_that_never_was_is_not()
    {
        await using var rig = new EngineRig();
        List<SipFlow> lost = [];
        await using var owner = new StreamTransport(new(), new(rig, null), _ => true, (_, _, _) => ValueTask.FromResult(Welcome.LetIn),
            NullLogger.Instance, TimeProvider.System)
        {
            Lost = lost.Add,
        };
        var flow = new SipFlow(SipTransport.Tcp, new(IPAddress.Loopback, 5060)) { Id = new(77) };
        await new StreamConnection(owner, flow, new(), isOutgoing: true)
            .RunAsync(_ => Task.FromException<Stream>(new IOException("refused")));
        Assert.Empty(lost);
        await using var stream = new ScriptedStream();
        var running = new StreamConnection(owner, flow, new(), isOutgoing: true).RunAsync(_ => Task.FromResult<Stream>(stream));
        stream.Break();
        await running;
        Assert.Equal(flow, Assert.Single(lost));
    }

    private static OutgoingMessage Message(SipFlow to, string startLine) =>
        new(new(System.Text.Encoding.ASCII.GetBytes($"{startLine}\r\nContent-Length: 0\r\n\r\n"), to), Sender: null);

    /// <summary>Reads what the test says; each write waits until the test lets it go or the connection is given up.</summary>
    private sealed class ScriptedStream : Stream
    {
        private readonly Channel<byte[]> _said = Channel.CreateUnbounded<byte[]>();
        private readonly SemaphoreSlim _began = new(0), _go = new(0), _asked = new(0);

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public Task WriteBegan() => _began.WaitAsync(Stop);
        public void LetWriteGo() => _go.Release();
        public void Says(byte[] bytes) => _said.Writer.TryWrite(bytes);
        public void Break() => _said.Writer.Complete(new IOException("broken"));

        /// <summary>Returns when the reader asks for more than has been said.</summary>
        public async Task Heard()
        {
            await _asked.WaitAsync(Stop);
            await _asked.WaitAsync(Stop);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.Release();
            byte[] said;
            try
            {
                said = await _said.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException closed)
            {
                throw closed.InnerException ?? closed;
            }
            said.CopyTo(buffer);
            return said.Length;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _began.Release();
            await _go.WaitAsync(cancellationToken);
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
