using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Ringwright.Server.Telemetry;

namespace Ringwright.Edge.Server;

public sealed class StderrLogTests
{
    private readonly MemoryStream _stderr = new();

    [Fact]
    public void Lines_are_written_in_their_order_and_all_of_them_at_the_end()
    {
        using (var log = new StderrLog(new Plain(), _stderr))
        {
            var logger = log.CreateLogger("a");
            for (int i = 0; i < 1_000; i++) logger.Log(LogLevel.Information, "line {Number}", i);
        }
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"line {i}"), Written);
    }

    [Fact]
    public void A_line_of_another_process_is_written_as_it_is()
    {
        using (var log = new StderrLog(new Plain(), _stderr)) FormattedLine.Write(log.CreateLogger("a"), "12:00 {warn} said there");
        Assert.Equal(["12:00 {warn} said there"], Written);
    }

    [Fact]
    public void A_reader_that_has_stopped_costs_lines_and_a_word_about_them()
    {
        using var gate = new ManualResetEventSlim();
        string line = new('x', 1_000);
        using (var log = new StderrLog(new Plain(), new Hindered(_stderr, gate.Wait)))
        {
            var logger = log.CreateLogger("a");
            for (int i = 0; i < 5_000; i++) logger.Log(LogLevel.Error, "{Text}", line);
            gate.Set();
        }
        Assert.InRange(Written.Length, 1_000, 4_000);
        Assert.Contains(Written, text => text.EndsWith("log lines were dropped: what reads stderr is too slow.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_disk_that_was_full_costs_lines_and_a_word_about_them()
    {
        using var refused = new ManualResetEventSlim();
        bool isFull = true;
        using (var log = new StderrLog(new Plain(), new Hindered(_stderr, Write)))
        {
            var logger = log.CreateLogger("a");
            logger.Log(LogLevel.Error, "one");
            refused.Wait(TestContext.Current.CancellationToken);
            logger.Log(LogLevel.Error, "two");
        }
        Assert.Equal(["1 log line could not be written.", "two"], Written);

        void Write()
        {
            if (!isFull) return;
            isFull = false;
            refused.Set();
            throw new IOException("No space left on device");
        }
    }

    private string[] Written => System.Text.Encoding.UTF8.GetString(_stderr.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private sealed class Plain() : ConsoleFormatter("plain")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception) + "\n");
    }

    /// <param name="before">Each write.</param>
    private sealed class Hindered(Stream into, Action before) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            before();
            into.Write(buffer, offset, count);
        }
    }
}
