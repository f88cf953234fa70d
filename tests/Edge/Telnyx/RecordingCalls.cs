using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>The engine's port as a test double: writes down what it is asked and answers what the test says.</summary>
internal sealed class RecordingCalls : ICallControl
{
    public List<DialRequest> Dials { get; } = [];
    public List<(LegId Leg, LegCommand Command)> Commands { get; } = [];
    public List<(Subject To, ConferenceCommand Command)> Conferences { get; } = [];

    /// <summary>To the next command; those behind it are accepted, whichever test sends them.</summary>
    public Refusal Answer { get; set; } = Refusal.None;
    public Func<DialRequest, Dialled> OnDial { get; set; } = request => Dialled.Accepted(FactsOf(request));

    public LegCommand Last => Commands[^1].Command;

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        Dials.Add(request);
        return new(OnDial(request));
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        if (command is ConferenceCommand asked) Conferences.Add((to, asked));
        else Commands.Add((new(to.Value), (LegCommand)command));
        var answer = Answer;
        Answer = Refusal.None;
        return new(new Ack(answer));
    }

    public static LegFacts FactsOf(DialRequest request) => Samples.Facts(Direction.Outbound) with
    {
        Tenant = request.Tenant,
        Connection = request.Connection,
        From = request.From,
        To = request.To,
        Labels = request.Labels,
    };
}
