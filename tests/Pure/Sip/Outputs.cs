using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Takes everything that a layer wants to say.</summary>
internal static class Outputs
{
    public static List<TransactionOutput> Of(TransactionLayer layer)
    {
        var outputs = new List<TransactionOutput>();
        while (layer.TryPoll(out var output)) outputs.Add(output);
        return outputs;
    }

    /// <summary>Start lines of what was sent, the names of the other outputs.</summary>
    public static List<string> Brief(TransactionLayer layer) => [.. Of(layer).Select(Brief)];

    public static string Brief(TransactionOutput output) =>
        output is TransactionOutput.Transmit sent ? StartLine(sent.Bytes.Span) : output.GetType().Name;

    public static string StartLine(ReadOnlySpan<byte> message) => Encoding.UTF8.GetString(message[..message.IndexOf("\r\n"u8)]);

    /// <summary>Runs every timer up to <paramref name="until"/> and says what came at which second.</summary>
    public static List<string> Run(TransactionLayer layer, Instant until)
    {
        var said = new List<string>();
        while (layer.NextDue <= until)
        {
            var now = layer.NextDue;
            layer.HandleDue(now);
            foreach (var output in Of(layer)) said.Add(FormattableString.Invariant($"{now.Nanos / 1e9:0.0} {Brief(output)}"));
        }
        return said;
    }
}
