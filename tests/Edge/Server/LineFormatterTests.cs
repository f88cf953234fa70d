using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server.Telemetry;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData("a refusal of 'eve'", "a refusal of 'eve'")]
    [InlineData("a name \e[2J of one", "a name ?[2J of one")]
    [InlineData("one\r\n12:00:00.000 fail Server: forged", "one\n  12:00:00.000 fail Server: forged")]
    public void Words_of_far_ends_begin_no_entry_and_move_no_cursor(string message, string shown)
    {
        Assert.Equal($"00:00:00.000 warn Net: {shown}\n", Written(LogLevel.Warning, message, null));
        Assert.Equal($"00:00:00.000 warn Net: failed (IOException: {shown})\n",
            Written(LogLevel.Warning, "failed", new IOException(message)));
    }

    [Fact]
    public void The_exception_behind_an_error_stands_in_lines_below_it() =>
        Assert.Equal("00:00:00.000 fail Net: failed\n  System.IO.IOException: one\n  two\n",
            Written(LogLevel.Error, "failed", new IOException("one\ntwo")));

    private static string Written(LogLevel level, string message, Exception? cause)
    {
        var clock = new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var into = new StringWriter();
        var entry = new LogEntry<string>(level, "Ringwright.Net.Peer", 1, message, cause, (text, _) => text);
        new LineFormatter(clock).Write(entry, null, into);
        return into.ToString();
    }
}
