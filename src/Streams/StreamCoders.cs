using Ringwright.Calls;

namespace Ringwright.Streams;

/// <summary>How a stream's audio is coded each way, and what its tap must give for that.</summary>
/// <param name="In">Null when nothing comes in, or MP3.</param>
internal sealed record StreamCoders(StreamCodec Out, StreamCodec? In, int? InjectionRate)
{
    private const int Narrow = 8_000, Wide = 16_000;

    /// <returns>Null when a format is not supported; <paramref name="problem"/> says which, as a sentence.</returns>
    public static StreamCoders? Of(StreamOrder order, bool isLittleEndian, out string? problem)
    {
        var terms = order.Terms;
        var format = terms.Format ?? order.Codec;
        problem = StreamFormats.ProblemOf(format);
        if (problem is null && terms.Injection is StreamInjection.Rtp) problem = StreamFormats.ProblemOf(terms.InjectionFormat);
        if (problem is not null) return null;
        var into = terms.Injection is StreamInjection.Rtp ? new StreamCodec(terms.InjectionFormat, isLittleEndian) : null;
        int? rate = terms.Injection switch
        {
            StreamInjection.None => null,
            StreamInjection.Rtp => into!.SampleRate, // made for it
            // As wide as the call is.
            _ => order.Codec.SampleRate > Narrow || order.Codec.Encoding is StreamFormats.Wide ? Wide : Narrow,
        };
        return new(new(format, isLittleEndian), into, rate);
    }

    public TapPlan Plan(StreamOrder order) => new(order.Id, order.Terms.Tracks, Out.SampleRate)
    {
        InjectionRate = InjectionRate, InjectsInto = order.Terms.InjectsInto
    };
}
