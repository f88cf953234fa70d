using System.Text;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>Files that requests upload or name by their URL.</summary>
internal static class SampleFiles
{
    private static readonly SampleFile[] All =
    [
        new("tone.wav", "audio/wav", WavFile.Make(1_600, 8_000, i => (short)(8_000 * Math.Sin(i * Math.Tau * 440 / 8_000)))),
        new("page.pdf", "application/pdf",
            Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")),
    ];

    public static SampleFile? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}

internal sealed record SampleFile(string Name, string MediaType, byte[] Bytes);
