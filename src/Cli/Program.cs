Console.WriteLine("cco");
