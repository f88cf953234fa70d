using Ringwright.ContractCompiler;

// Turns an OpenAPI description into the project's own contract files. Run by hand when the description changes; its output is checked in.
//   dotnet run --project tools/ContractCompiler -- DESCRIPTION.json contracts/telnyx
if (args is not [var description, var folder])
{
    Console.Error.WriteLine("usage: ContractCompiler DESCRIPTION.json OUTPUT-FOLDER");
    return 2;
}

var contract = Compiler.Compile(File.ReadAllBytes(description));
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, "contract.json"), Output.Contract(contract));
File.WriteAllText(Path.Combine(folder, "operations.tsv"), Output.Operations(contract));
Console.WriteLine(Output.Summary(contract));
return 0;
